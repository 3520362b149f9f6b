-- How many counsellors are in each state; in a breather they are busy.
-- Returns {'ok', at rest, ready, busy}.
local n = {rest = 0, ready = 0, busy = 0}
for _, j in ipairs(call('HVALS', COUNSELLORS)) do
  local c = cjson.decode(j)
  local s = c.s == 'ready' and (c.h >= c.c or c.b) and 'busy' or c.s
  n[s] = n[s] + 1
end
return {'ok', n.rest, n.ready, n.busy}
