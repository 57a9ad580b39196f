#pragma once

#include "node/command_output.h"
#include "node/kept_service.h"
#include "node/report.h"
#include "node/service_order.h"

#include <chrono>
#include <deque>
#include <utility>
#include <vector>

namespace netlab {

/// What a node's PID 1 does after its start if the node has services: keeps them, reaps whatever
/// ends, and carries out orders, with one poll(2) and without ever waiting for anything else.
class ServiceKeeper {
public:
    /// `specs` outlive this. Throws std::system_error.
    ServiceKeeper(const std::vector<ServiceSpec>& specs, ServiceBoard board, UniqueFd line);

    /// Takes care of what set-up commands have left behind.
    void take_over(LeftOutput left) { left_ = std::move(left); }
    /// Starts all services and returns once they are ready. Throws std::runtime_error if one does
    /// not become so; `report` then says which.
    void start_all(Report& report);
    [[noreturn]] void keep_forever();

private:
    using Time = KeptService::Time;

    /// An order that is being carried out.
    struct Errand {
        ServiceOrder order;
        Time kill_at;          ///< stop of a whole node: SIGKILL to what is left then
        bool sweeping = false; ///< stop of a whole node: its services have ended
        bool killed = false;
    };

    void turn();
    void take_orders();
    void begin(const ServiceOrder& order);
    void reap();
    void settle_errands();
    bool settle_start(const Errand& errand, OrderOutcome& outcome);
    bool settle_stop(Errand& errand, OrderOutcome& outcome);
    int milliseconds_to_next(Time now) const;
    std::vector<KeptService*> services_of(const ServiceOrder& order);

    ServiceBoard board_;
    UniqueFd line_;
    UniqueFd signals_;
    std::deque<KeptService> services_;
    std::vector<Errand> errands_;
    LeftOutput left_;
};

} // namespace netlab
