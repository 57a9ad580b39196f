#include "netlink/qdisc_requests.h"

#include "base/delay_table.h"
#include "netlink/netem_attributes.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cmath>
#include <limits>
#include <string_view>

#include <linux/if_ether.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

namespace netlab {

namespace {

// What is on the line may not eat the host's memory: a million full frames are 1.5 GB.
constexpr double most_on_the_line = 1'000'000;
// Without a bottleneck the limit only keeps out a flood.
constexpr Rate unlimited{40'000'000'000};
constexpr double least_without_rate = 10'000;

tcmsg root_of(int index) {
    tcmsg header{};
    header.tcm_ifindex = index;
    header.tcm_parent = TC_H_ROOT;
    return header;
}

template <class Structure>
void put_structure(Batch& batch, std::uint16_t attribute, const Structure& structure) {
    batch.put(attribute,
              std::string_view{reinterpret_cast<const char*>(&structure), sizeof structure});
}

tc_netem_qopt fixed_options(const Impairment& impairment, std::uint32_t mtu) {
    tc_netem_qopt options{};
    options.limit = netem_limit(impairment, mtu);
    options.loss = impairment.loss.bursts ? 0 : impairment.loss.random.of_32_bits();
    options.duplicate = impairment.duplicate.of_32_bits();
    // Every frame may overtake; netem counts those that must not between two that may.
    options.gap = impairment.reorder ? 1 : 0;
    return options;
}

void put_delay(Batch& batch, const Impairment& impairment) {
    batch.put(TCA_NETEM_LATENCY64, std::int64_t{impairment.delay.count()});
    batch.put(TCA_NETEM_JITTER64, std::int64_t{impairment.jitter.count()});
    // A table can be replaced and not be taken away, so the uniform one is said too.
    if (impairment.jitter > Duration{}) {
        const auto& table = delay_table(impairment.distribution);
        batch.put(TCA_NETEM_DELAY_DIST,
                  std::string_view{reinterpret_cast<const char*>(table.data()),
                                   table.size() * sizeof(table.front())});
    }
}

void put_chances(Batch& batch, const Impairment& impairment) {
    const std::uint32_t rho = impairment.correlation.of_32_bits();
    put_structure(batch, TCA_NETEM_CORR, tc_netem_corr{rho, rho, rho});
    put_structure(batch, TCA_NETEM_REORDER, tc_netem_reorder{impairment.reorder.of_32_bits(), rho});
    put_structure(batch, TCA_NETEM_CORRUPT, tc_netem_corrupt{impairment.corrupt.of_32_bits(), rho});
    // Without the attribute netem goes back to random loss.
    if (const auto& bursts = impairment.loss.bursts) {
        batch.nest(TCA_NETEM_LOSS, [&] {
            // h is the share that the bad state lets through (tc asks for 1-h), k1 what the good
            // state loses.
            const tc_netem_gemodel model{
                .p = bursts->p.of_32_bits(), .r = bursts->r.of_32_bits(), .h = 0, .k1 = 0};
            put_structure(batch, NETEM_LOSS_GE, model);
        });
    }
}

void put_rate(Batch& batch, const Impairment& impairment) {
    const std::uint64_t rate = impairment.rate ? netem_bytes_per_second(*impairment.rate) : 0;
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    tc_netem_rate short_rate{};
    short_rate.rate = static_cast<std::uint32_t>(std::min(rate, most));
    put_structure(batch, TCA_NETEM_RATE, short_rate);
    // The kernel takes the larger of the two.
    if (rate > most) {
        batch.put(TCA_NETEM_RATE64, rate);
    }
}

// netem keeps what a change does not say. These netlab never sets, but somebody may have by hand.
void put_what_we_never_set(Batch& batch) {
    batch.put(TCA_NETEM_ECN, std::uint32_t{0});
    put_structure(batch, TCA_NETEM_SLOT, tc_netem_slot{});
}

double longest_delay_in_seconds(const Impairment& impairment) {
    using Seconds = std::chrono::duration<double>;
    const double longest_jitter =
        static_cast<double>(delay_table(impairment.distribution).back()) / delay_table_scale;
    return Seconds{impairment.delay}.count() + longest_jitter * Seconds{impairment.jitter}.count();
}

/// Frames of `frame_bytes` that `rate` sends while one is on its way.
double frames_on_the_line(const Impairment& impairment, Rate rate, double frame_bytes) {
    // What is a whole number but for the rounding of the delay stays that number.
    return std::ceil(static_cast<double>(rate.bits_per_second()) *
                         longest_delay_in_seconds(impairment) / 8 / frame_bytes -
                     1e-6);
}

double full_frame_of(std::uint32_t mtu) {
    return mtu + double{ETH_HLEN};
}

double frames_that_wait(const QueueLimit& queue, double frame_bytes) {
    const auto count = static_cast<double>(queue.count);
    return queue.unit == QueueLimit::Unit::packets ? count : std::ceil(count / frame_bytes);
}

void put_netem(Batch& batch, Tag tag, const tcmsg& where, const Impairment& impairment,
               std::uint32_t mtu) {
    assert(!impairment.trace);
    batch.begin(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, tag, where);
    batch.put(TCA_KIND, std::string_view{"netem"});
    batch.nest(TCA_OPTIONS, [&] {
        batch.append(fixed_options(impairment, mtu));
        put_delay(batch, impairment);
        put_chances(batch, impairment);
        put_rate(batch, impairment);
        put_what_we_never_set(batch);
        // Without it the kernel (Linux 6.6) makes one up.
        if (impairment.seed) {
            batch.put(netem_prng_seed, *impairment.seed);
        }
    });
}

} // namespace

// CREATE and REPLACE without a handle: a netem that is there is changed in place and keeps its
// frames, a qdisc of another kind is replaced (net/sched/sch_api.c, tc_modify_qdisc).
void replace_netem(Batch& batch, Tag tag, int index, const Impairment& impairment,
                   std::uint32_t mtu) {
    put_netem(batch, tag, root_of(index), impairment, mtu);
}

// With a handle that nothing there has, what is there is replaced whatever its kind is (same
// place). Until the new one is in its place the kernel drops what leaves: no frame goes unshaped.
void renew_netem(Batch& batch, Tag tag, int index, std::uint32_t old_handle,
                 const Impairment& impairment, std::uint32_t mtu) {
    constexpr std::uint32_t one = 0x4e450000; // far from 1: and 8001:, which people and the kernel
    constexpr std::uint32_t other = 0x4e460000; // begin with
    auto where = root_of(index);
    where.tcm_handle = old_handle == one ? other : one;
    put_netem(batch, tag, where, impairment, mtu);
}

void delete_root_qdisc(Batch& batch, Tag tag, int index) {
    batch.begin(RTM_DELQDISC, 0, tag, root_of(index));
}

std::uint64_t netem_bytes_per_second(Rate rate) {
    return std::max<std::uint64_t>(1, (rate.bits_per_second() + 4) / 8);
}

std::uint32_t netem_limit(const Impairment& impairment, std::uint32_t mtu) {
    const double frame_bytes = full_frame_of(mtu);
    const double on_the_line =
        std::min(frames_on_the_line(impairment, impairment.rate.value_or(unlimited), frame_bytes),
                 most_on_the_line);
    if (!impairment.rate) {
        return static_cast<std::uint32_t>(std::max(on_the_line, least_without_rate));
    }
    // And the one that is being sent.
    const double limit =
        frames_that_wait(impairment.queue.value_or(default_queue), frame_bytes) + on_the_line + 1;
    constexpr double most = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(limit, most));
}

bool netem_starves_small_frames(const Impairment& impairment, std::uint32_t mtu) {
    if (!impairment.rate) {
        return false;
    }
    const double full = full_frame_of(mtu);
    const double not_reckoned_with =
        frames_on_the_line(impairment, *impairment.rate, ETH_ZLEN) -
        std::min(frames_on_the_line(impairment, *impairment.rate, full), most_on_the_line);
    return not_reckoned_with > frames_that_wait(impairment.queue.value_or(default_queue), full) / 2;
}

bool backlog_outlives_rate(std::uint64_t backlog, const Impairment& before,
                           const Impairment& after) {
    if (!before.rate || (after.rate && *after.rate <= *before.rate)) {
        return false;
    }
    constexpr double patience_in_seconds = 1;
    const double until_the_last_is_sent =
        static_cast<double>(backlog) / static_cast<double>(netem_bytes_per_second(*before.rate));
    // What is on the line is there for the delay's sake.
    return until_the_last_is_sent > longest_delay_in_seconds(before) + patience_in_seconds;
}

} // namespace netlab
