#include "topology/links.h"

#include "base/hostlist.h"
#include "base/quote.h"
#include "topology/address_values.h"
#include "topology/interface_names.h"
#include "topology/link_ends.h"
#include "topology/link_names.h"
#include "topology/link_settings.h"
#include "topology/names.h"
#include "topology/report_once.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::string_view link_form = R"(a link is ["h1", "h2"] or { "endpoints": ["h1", "h2"] })";
constexpr std::size_t most_ports = 1023; ///< BR_MAX_PORTS of net/bridge/br_private.h less the 0
constexpr std::uint32_t least_ipv6_mtu = 1280; ///< RFC 8200, section 5

/// One element of `links` before its ranges become several links.
struct WrittenLink {
    Span span;
    std::vector<WrittenEnd> ends;
    LinkSettings settings;
    std::vector<std::string> names; ///< none, or one for each link
    Span name_span;
};

class LinkReader {
public:
    LinkReader(NodeTable& table, const Addressing& addressing, Input& input)
        : table_{table}, addressing_{addressing}, input_{input}, once_{input.diagnostics},
          traces_{input}, impairments_{once_} {}

    void read_defaults(const Value& value);
    void read(const Value& value);
    std::vector<Link> finish();

private:
    bool read_ends(const Value& value, WrittenLink& link);
    bool read_object(const Value& value, WrittenLink& link);
    void read_name(const Member& member, WrittenLink& link);
    std::optional<std::size_t> pair(const WrittenLink& link);
    bool check_repetition(const WrittenLink& link, std::size_t count);
    void check_settings(const WrittenLink& link);
    void expand(const WrittenLink& written, std::size_t count);
    void add(Link link, const WrittenLink& written, std::size_t i);
    void settle_impairments(WrittenLink& link);
    bool check_self(const Link& link);
    void check_ports();

    NodeTable& table_;
    const Addressing& addressing_;
    Input& input_;
    ReportOnce once_;
    TraceFiles traces_;
    LinkImpairments impairments_;
    LinkSettings defaults_;
    std::vector<Link> links_;
    LinkNames names_;
    std::size_t budget_ = 4 * most_links; ///< names that ranges may still make
};

void LinkReader::read_defaults(const Value& value) {
    const auto* map = input_.shaping(
        [&] { return want_map(value, "'defaults.link'", input_, R"({ "mtu": 9000 })"); });
    if (map == nullptr) {
        return;
    }
    Fields fields{*map, "'defaults.link'", input_};
    defaults_ = read_link_settings(fields, traces_, input_);
    fields.refuse_rest();
    impairments_.set_defaults(std::move(defaults_.impairments));
    for (auto* subnet : {&defaults_.ipv4, &defaults_.ipv6}) {
        if (*subnet && (*subnet)->prefix) {
            input_.diagnostics.error(
                (*subnet)->span, "a default subnet would be the same for every link",
                "'addressing' has the pool that links draw their subnets from");
            subnet->reset();
        }
    }
}

void LinkReader::read(const Value& value) {
    WrittenLink link{value.span, {}, {}, {}, {}};
    bool good = false;
    if (value.as_list() != nullptr) {
        good = read_ends(value, link);
    } else if (value.as_map() != nullptr) {
        good = read_object(value, link);
    } else {
        refuse_type(value, "a link", "a list of endpoints or an object", input_,
                    std::string{link_form});
    }
    if (!good) {
        input_.uncertain = true;
        impairments_.lose_link();
        return;
    }
    link.settings = merged(link.settings, defaults_);
    check_settings(link);
    settle_impairments(link);
    const auto count = input_.shaping([&] {
        const auto paired = pair(link);
        return paired && check_repetition(link, *paired) ? paired : std::nullopt;
    });
    if (count) {
        expand(link, *count);
    }
}

bool LinkReader::read_ends(const Value& value, WrittenLink& link) {
    const auto& list = *value.as_list();
    bool good = true;
    for (const auto& item : list) {
        auto end = read_end(item, table_, traces_, budget_, input_);
        good = good && end;
        if (end) {
            link.ends.push_back(std::move(*end));
        }
    }
    if (list.size() < 2) {
        input_.diagnostics.error(value.span, "a link needs at least two endpoints",
                                 std::string{link_form});
        return false;
    }
    return good;
}

bool LinkReader::read_object(const Value& value, WrittenLink& link) {
    Fields fields{*value.as_map(), "a link", input_};
    const auto* ends = fields.take("endpoints");
    const auto* name = fields.take("name");
    link.settings = read_link_settings(fields, traces_, input_);
    fields.refuse_rest();
    if (name != nullptr) {
        read_name(*name, link);
    }
    if (ends == nullptr && fields.has_near("endpoints")) {
        return false;
    }
    if (ends == nullptr) {
        input_.diagnostics.error(value.span, "a link needs 'endpoints'", std::string{link_form});
        return false;
    }
    const auto* list = want_list(ends->value, "'endpoints'", input_, R"(for example ["h1", "h2"])");
    return list != nullptr && read_ends(ends->value, link);
}

void LinkReader::read_name(const Member& member, WrittenLink& link) {
    const auto* text = want_string(member.value, "'name'", input_);
    if (text == nullptr) {
        return;
    }
    link.name_span = member.value.span;
    auto list = expand_hostlist(*text, std::min(budget_, most_links));
    if (!list.error.empty()) {
        input_.diagnostics.error(member.value.span,
                                 fmt::format("{}: {}", quoted(*text), list.error));
        return;
    }
    budget_ -= list.names.size();
    for (const auto& name : list.names) {
        if (const auto why = why_not_link_name(name); !why.empty()) {
            input_.diagnostics.error(member.value.span,
                                     fmt::format("the link name {} {}", quoted(name), why));
            return;
        }
    }
    link.names = std::move(list.names);
}

/// How many links the ranges of two ends make; the ranges of a LAN segment all stand on it.
std::optional<std::size_t> LinkReader::pair(const WrittenLink& link) {
    if (link.ends.size() > 2) {
        return 1;
    }
    const auto& [a, b] = std::tie(link.ends[0], link.ends[1]);
    if (a.size() == b.size() || b.size() == 1) {
        return a.size();
    }
    if (a.size() == 1) {
        return b.size();
    }
    input_.diagnostics
        .error(a.settings.span,
               fmt::format("ranges of different lengths: {} is {} long, {} is {}", quoted(a.text),
                           a.size(), quoted(b.text), b.size()),
               "ranges pair up in order; a single node pairs with every one")
        .notes.push_back({b.settings.span, "the other range"});
    return std::nullopt;
}

bool LinkReader::check_repetition(const WrittenLink& link, std::size_t count) {
    if (links_.size() + count > most_links) {
        once_.error(link.span, fmt::format("a lab has at most {} links", most_links));
        return false;
    }
    for (const auto& end : link.ends) {
        const auto uses = std::max(count, end.size());
        if (uses > 1 && end.is_particular()) {
            input_.diagnostics.error(
                end.settings.span,
                fmt::format("this endpoint is {} interfaces, which cannot share one address", uses),
                "write these links one by one");
        }
    }
    for (const auto& subnet : {link.settings.ipv4, link.settings.ipv6}) {
        if (count > 1 && subnet && subnet->prefix) {
            input_.diagnostics.error(
                subnet->span,
                fmt::format("these are {} links, which cannot share one subnet", count),
                "write these links one by one");
        }
    }
    if (!link.names.empty() && link.names.size() != count) {
        input_.diagnostics.error(
            link.name_span,
            fmt::format("{} for {} links",
                        link.names.size() == 1 ? "one name"
                                               : fmt::format("{} names", link.names.size()),
                        count),
            count > 1 ? fmt::format("a range names them all, for example \"cable[1-{}]\"", count)
                      : "");
    }
    return true;
}

/// What only the merged settings show.
void LinkReader::check_settings(const WrittenLink& link) {
    const auto& settings = link.settings;
    const bool ipv6_on = settings.ipv6 ? !settings.ipv6->off : addressing_.ipv6.has_value();
    if (settings.mtu && settings.mtu->value < least_ipv6_mtu && ipv6_on) {
        once_.error(settings.mtu->span,
                    fmt::format("an MTU of {} is too small for IPv6, which needs {}",
                                settings.mtu->value, least_ipv6_mtu),
                    "\"ipv6\": false turns IPv6 off on a link");
    }
    for (const auto& end : link.ends) {
        const auto check = [&](const std::optional<SubnetRequest>& subnet,
                               const EndAddress& address) {
            if (subnet && subnet->off && address.address) {
                input_.uncertain = true;
                input_.diagnostics
                    .error(address.span, "an address of a family that is off on this link")
                    .notes.push_back({subnet->span, "turned off here"});
            }
        };
        check(settings.ipv4, end.settings.ipv4);
        check(settings.ipv6, end.settings.ipv6);
    }
}

void LinkReader::settle_impairments(WrittenLink& link) {
    std::vector<ImpairmentLayer*> ends;
    for (auto& end : link.ends) {
        ends.push_back(&end.impairments);
    }
    auto leaving = impairments_.settle(link.settings.impairments, ends, link.settings.engine);
    for (std::size_t i = 0; i < link.ends.size(); ++i) {
        link.ends[i].settings.leaving = std::move(leaving[i]);
    }
}

void LinkReader::expand(const WrittenLink& written, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        Link link;
        link.span = written.span;
        const bool segment = written.ends.size() > 2;
        for (const auto& end : written.ends) {
            for (std::size_t j = segment ? 0 : i; j < (segment ? end.size() : i + 1); ++j) {
                link.endpoints.push_back(end.at(j));
            }
        }
        link.ipv4 = written.settings.ipv4.value_or(SubnetRequest{});
        link.ipv6 = written.settings.ipv6.value_or(SubnetRequest{});
        link.mtu = written.settings.mtu ? std::optional{written.settings.mtu->value} : std::nullopt;
        link.up = written.settings.up.value_or(true);
        link.cost = written.settings.cost.value_or(1);
        link.engine = written.settings.engine ? written.settings.engine->value : Engine::automatic;
        add(std::move(link), written, i);
    }
}

void LinkReader::add(Link link, const WrittenLink& written, std::size_t i) {
    if (!check_self(link)) {
        input_.uncertain = true;
        return;
    }
    if (link.endpoints.size() > most_ports) {
        input_.uncertain = true;
        once_.error(link.span,
                    fmt::format("this LAN segment has {} ends; a bridge has at most {} ports",
                                link.endpoints.size(), most_ports),
                    "split it and join the parts with switches");
        return;
    }
    if (written.names.size() > i) {
        link.name = written.names[i];
        names_.reserve(link.name, written.name_span, input_);
    }
    links_.push_back(std::move(link));
}

bool LinkReader::check_self(const Link& link) {
    std::set<NodeId> seen;
    for (const auto& end : link.endpoints) {
        if (!seen.insert(end.node).second) {
            once_.error(end.span, fmt::format("a link cannot join {} with itself",
                                              quoted(table_[end.node].name)));
            return false;
        }
    }
    return true;
}

void LinkReader::check_ports() {
    std::vector<std::size_t> ports(table_.nodes.size());
    for (const auto& link : links_) {
        for (const auto& end : link.endpoints) {
            const auto& node = table_[end.node];
            if (++ports[index(end.node)] == most_ports + 1 &&
                node.kind == NodeKind::network_switch) {
                once_.error(
                    end.span,
                    fmt::format("the switch {} gets more than {} ports, the most of a bridge",
                                quoted(node.name), most_ports),
                    "use several switches");
            }
        }
    }
}

std::vector<Link> LinkReader::finish() {
    impairments_.finish();
    check_ports();
    input_.shaping([&] { name_interfaces(links_, table_, input_); });
    names_.fill(links_, table_);
    return std::move(links_);
}

} // namespace

std::vector<Link> read_links(const Member* links, const Member* link_defaults, NodeTable& table,
                             const Addressing& addressing, Input& input) {
    LinkReader reader{table, addressing, input};
    if (link_defaults != nullptr) {
        reader.read_defaults(link_defaults->value);
    }
    const auto* list = links == nullptr ? nullptr : input.shaping([&] {
        return want_list(links->value, "'links'", input, R"([ ["h1", "h2"] ])");
    });
    if (list != nullptr && list->size() > most_links) {
        input.uncertain = true;
        input.diagnostics.error({links->key_span},
                                fmt::format("a lab has at most {} links", most_links));
    } else if (list != nullptr) {
        for (const auto& value : *list) {
            reader.read(value);
        }
    }
    return reader.finish();
}

} // namespace netlab
