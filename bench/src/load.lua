-- For wrk: one request after another, each as another client, taken from a file of tokens.
-- wrk … -s load.lua URL -- METHOD PATH TOKENS
local requests, current = {}, 0

function init(args)
  for token in io.lines(args[3]) do
    local headers = { ["Authorization"] = "Bearer " .. token }
    requests[#requests + 1] = wrk.format(args[1], args[2], headers)
  end
end

function request()
  current = current % #requests + 1
  return requests[current]
end

function done(summary)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("requests=%d microseconds=%d failed=%d\n", summary.requests, summary.duration, failed))
end
