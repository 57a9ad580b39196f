#pragma once

#include "scenario/reading.h"

namespace netlab {

// The values of the verbs. Each reader fills `step.action`, and of faults `lasts` and `as`; it
// reports what it cannot use.

void read_wait(const Value& value, Step& step, Reading& reading);
void read_exec(const Value& value, Step& step, Reading& reading);
void read_background(const Value& value, Step& step, Reading& reading);
void read_end(const Value& value, Step& step, Reading& reading);
void read_partition(const Value& value, Step& step, Reading& reading);
void read_heal(const Value& value, Step& step, Reading& reading);
void read_link(const Value& value, Step& step, Reading& reading);
void read_clock_step(const Value& value, Step& step, Reading& reading);
void read_expect(const Value& value, Step& step, Reading& reading);
// These are repeats, of steps that follow from what they say.
void read_repeat(const Value& value, Step& step, Reading& reading);
void read_flap(const Value& value, Step& step, Reading& reading);
void read_churn(const Value& value, Step& step, Reading& reading);
void read_ramp(const Value& value, Step& step, Reading& reading);
/// pause, resume, kill, start, stop, restart.
void read_node_word(NodeWord word, const Value& value, Step& step, Reading& reading);

/// `{ equals, contains, lacks, matches, json }`.
TextWish read_text_wish(const Value& value, std::string_view what, Reading& reading);
/// A code from 0 to 255, `nonzero` or `any`.
ExitWish read_exit(const Value& value, Reading& reading);
/// The `command` of `keys`, which needs one.
std::vector<std::string> need_command(Keys& keys, Span span, Reading& reading);

/// How often a repeat comes; 1 after a mistake.
std::int64_t read_times_of_repeat(const Value& value, Reading& reading);
/// The properties of a link among `keys`.
LinkProperties read_properties(Keys& keys, Reading& reading);

/// `for` and `as` of a fault.
void read_fault_keys(Keys& keys, Step& step, Reading& reading);

/// An error at `span` if one of the nodes has no service of that name.
void refuse_unknown_service(const std::vector<NodeId>& nodes, const std::string& service, Span span,
                            Reading& reading);

/// Any step; an error and nothing if it is none.
std::optional<Step> read_step(const Value& value, Reading& reading);

} // namespace netlab
