#pragma once

// Boost.Asio costs seconds to compile: only for the files that serve ports.

#define BOOST_ASIO_DISABLE_THREADS
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace netlab {

namespace asio = boost::asio;
using boost::system::error_code;

} // namespace netlab
