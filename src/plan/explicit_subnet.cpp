#include "plan/address_rules.h"
#include "plan/explicit_addresses.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

const SubnetRequest& request_of(const Link& link, Family family) {
    return family == Family::ipv4 ? link.ipv4 : link.ipv6;
}

const EndAddress& request_of(const Endpoint& end, Family family) {
    return family == Family::ipv4 ? end.ipv4 : end.ipv6;
}

const Endpoint& endpoint(const Topology& topology, EndId end) {
    return topology.links[index(end.link)].endpoints[end.end];
}

bool wants_address(const Topology& topology, EndId end, Family family) {
    return !request_of(topology.links[index(end.link)], family).off &&
           !request_of(endpoint(topology, end), family).off;
}

int default_length(const Topology& topology, const DomainPlan& domain, Family family) {
    const auto interfaces = std::count_if(domain.ends.begin(), domain.ends.end(), [&](EndId end) {
        return wants_address(topology, end, family);
    });
    return fitting_length(family, family == Family::ipv4 ? topology.addressing.prefix4 : 64,
                          static_cast<std::size_t>(interfaces));
}

namespace {

/// Gathers what one domain says in one family.
class SubnetSearch {
public:
    SubnetSearch(const Topology& topology, DomainPlan& domain, Family family,
                 Diagnostics& diagnostics)
        : topology_{topology}, domain_{domain}, family_{family}, diagnostics_{diagnostics} {}

    std::optional<ExplicitSubnet> run() {
        for (const auto link : domain_.links) {
            ask_link(topology_.links[index(link)]);
        }
        for (const bool with_length : {true, false}) {
            for (const auto end : domain_.ends) {
                const auto& request = request_of(endpoint(topology_, end), family_);
                if (request.address && request.has_length == with_length) {
                    ask_end(end, request);
                }
            }
        }
        check_size();
        return found_;
    }

private:
    Diagnostic& mistake(Span span, std::string message, std::string hint = {}) {
        domain_.uncertain[family_] = true;
        return diagnostics_.error(span, std::move(message), std::move(hint));
    }

    void note_where_found(Diagnostic& diagnostic) const {
        diagnostic.notes.push_back({found_->span, "the subnet is said here"});
    }

    void ask_link(const Link& link) {
        const auto& request = request_of(link, family_);
        if (!request.prefix) {
            return;
        }
        if (const auto purpose = reserved_for(*request.prefix); !purpose.empty()) {
            mistake(request.span, fmt::format("{} cannot be a subnet: it is for {}",
                                              to_string(*request.prefix), purpose));
        } else if (!found_) {
            found_ = {*request.prefix, request.span, fmt::format("link '{}'", link.name)};
        } else if (found_->prefix != *request.prefix) {
            note_where_found(mistake(
                request.span,
                fmt::format(
                    "link '{}' asks for {}, but {} of the same broadcast domain asks for {}",
                    link.name, to_string(*request.prefix), found_->said_by,
                    to_string(found_->prefix)),
                "links joined by switches share one subnet: say it once"));
        }
    }

    void ask_end(EndId id, const EndAddress& request) {
        const auto& link = topology_.links[index(id.link)];
        const auto address = *request.address;
        if (request_of(link, family_).off) {
            mistake(request.span,
                    fmt::format("link '{}' has {} turned off, but this end has {}", link.name,
                                family_name(family_), to_string(address.address)))
                .notes.push_back({request_of(link, family_).span, "turned off here"});
            return;
        }
        const IpPrefix alone{address.address, static_cast<std::uint8_t>(bits(family_))};
        if (const auto purpose = reserved_for(alone); !purpose.empty()) {
            mistake(request.span, fmt::format("{} cannot be an interface's address: it is for {}",
                                              to_string(address.address), purpose));
            return;
        }
        if (!found_) {
            const auto& end = endpoint(topology_, id);
            const auto length = request.has_length ? int{address.length}
                                                   : default_length(topology_, domain_, family_);
            found_ = {prefix_of(address.address, length), request.span,
                      fmt::format("{}:{}", topology_.nodes[index(end.node)].name, end.interface)};
        }
        check_end(request);
    }

    void check_end(const EndAddress& request) {
        const auto& [address, length] = *request.address;
        if (!found_->prefix.contains(address)) {
            note_where_found(
                mistake(request.span, fmt::format("{} is outside its link's subnet {}",
                                                  to_string(address), to_string(found_->prefix))));
        } else if (request.has_length && length != found_->prefix.length) {
            note_where_found(mistake(
                request.span,
                fmt::format("{} says another length than its link's subnet {}",
                            to_string(*request.address), to_string(found_->prefix)),
                fmt::format("write {}", to_string(IpInterface{address, found_->prefix.length}))));
        } else if (const auto role = not_for_interfaces(address, found_->prefix); !role.empty()) {
            mistake(request.span, fmt::format("{} cannot be an interface's address: it is {} of {}",
                                              to_string(address), role, to_string(found_->prefix)));
        }
    }

    void check_size() {
        const auto wanted = std::count_if(domain_.ends.begin(), domain_.ends.end(), [&](EndId end) {
            return wants_address(topology_, end, family_);
        });
        const auto needed = static_cast<std::uint64_t>(wanted);
        if (!found_ || capacity(family_, found_->prefix.length) >= needed) {
            return;
        }
        const auto fits = fitting_length(family_, found_->prefix.length, needed);
        mistake(found_->span,
                fmt::format(
                    "the subnet {} has room for {}, but {} interfaces need an address in it",
                    to_string(found_->prefix), capacity(family_, found_->prefix.length), needed),
                fmt::format("a /{} is large enough", fits));
    }

    const Topology& topology_;
    DomainPlan& domain_;
    Family family_;
    Diagnostics& diagnostics_;
    std::optional<ExplicitSubnet> found_;
};

} // namespace

std::optional<ExplicitSubnet> explicit_subnet(const Topology& topology, DomainPlan& domain,
                                              Family family, Diagnostics& diagnostics) {
    return SubnetSearch{topology, domain, family, diagnostics}.run();
}

} // namespace netlab
