#pragma once

#include "scenario/reading.h"

#include <map>
#include <string>

namespace netlab {

/// Values that the command line gives parameters, by their names.
using ParameterTexts = std::map<std::string, std::string>;

/// The `parameters` of a scenario, and what stands for them in its steps: `{{name}}`.
class Parameters {
public:
    /// Reads the member, which may be missing. What `given` says holds instead of the file's.
    /// Throws InputError for a name in `given` that the file has not, or a value of another kind.
    Parameters(const Member* member, const ParameterTexts& given, Reading& reading);

    /// The value with `{{name}}` replaced in its texts; a text that is nothing else becomes the
    /// parameter's value, a number say. An unknown name is an error.
    void replace_in(Value& value, Reading& reading) const;

private:
    void give(const std::string& name, const std::string& text);
    std::string replaced(const std::string& text, Span span, Reading& reading) const;

    std::map<std::string, Value> values_;
};

} // namespace netlab
