-- wrk sends one body over and over: wrk … URL -- BODY-FILE [HEADER VALUE]…; at the end a line of JSON tells how that went.

function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.body = file:read("*a")
  file:close()
  for i = 2, #args, 2 do
    wrk.headers[args[i]] = args[i + 1]
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '\n{"rate": %f, "requests": %d, "failed": %d, "p50": %f, "p99": %f}\n',
    summary.requests / (summary.duration / 1e6), summary.requests, failed,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
