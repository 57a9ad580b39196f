#include "packet/wire_server.h"

#include "packet/wire_protocol.h"
#include "packet/wires.h"

#include <algorithm>
#include <memory>
#include <string>
#include <system_error>
#include <tuple>

#include <sys/socket.h>

namespace netlab {

namespace {

/// One copy of each trace, however many wires have it.
class TraceLibrary {
public:
    void share(SharedTrace& trace) {
        std::erase_if(known_, [](const auto& known) { return known.expired(); });
        if (!trace) {
            return;
        }
        for (const auto& known : known_) {
            if (SharedTrace same{known.lock()}; same == trace) {
                trace = same;
                return;
            }
        }
        known_.push_back(trace.trace);
    }

private:
    std::vector<std::weak_ptr<const Trace>> known_;
};

void carry_out(Wires& wires, ReceivedRequest& received, WireReply& reply) {
    const auto& request = received.request;
    switch (request.kind) {
    case WireRequest::Kind::connect:
        wires.connect(request.wire, std::move(received.taps[0]), std::move(received.taps[1]),
                      request.entering);
        return;
    case WireRequest::Kind::shape:
        wires.shape(request.wire, request.entering);
        return;
    case WireRequest::Kind::disconnect:
        wires.disconnect(request.wire);
        return;
    case WireRequest::Kind::counters:
        reply.counters = wires.counters(request.wire);
        return;
    }
    throw std::system_error(EBADMSG, std::generic_category(), "cannot understand the request");
}

/// "cannot find the wire" of "cannot find the wire: No such file or directory".
std::string attempt_of(const std::system_error& error) {
    const std::string text = error.what();
    const auto words = text.rfind(": " + error.code().message());
    return text.substr(0, words);
}

WireReply answer(Wires& wires, TraceLibrary& library, ReceivedRequest& received) {
    WireReply reply;
    reply.number = received.request.number;
    try {
        if (received.error != 0) {
            throw std::system_error(received.error, std::generic_category(),
                                    "cannot understand the request");
        }
        library.share(received.request.entering[0].trace);
        library.share(received.request.entering[1].trace);
        carry_out(wires, received, reply);
    } catch (const std::system_error& error) {
        reply.error = error.code().value();
        attempt_of(error).copy(reply.attempt.data(), reply.attempt.size() - 1);
    }
    return reply;
}

void send_reply(const UniqueFd& socket, const WireReply& reply) {
    // A caller that is gone or does not listen has no use for it.
    std::ignore = ::send(socket.get(), &reply, sizeof reply, MSG_NOSIGNAL | MSG_DONTWAIT);
}

} // namespace

void serve_wires(const UniqueFd& socket, FrameCalls calls) {
    Wires wires{socket, calls};
    TraceLibrary library;
    send_reply(socket, {});
    for (;;) {
        if (!wires.carry_on()) {
            continue;
        }
        auto received = receive_request(socket);
        if (!received) {
            return;
        }
        send_reply(socket, answer(wires, library, *received));
    }
}

} // namespace netlab
