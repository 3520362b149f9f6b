-- A node is alive.
-- ARGV[5] node  [6] how long that holds in s
-- Returns {'ok' or 'new': it was unknown or had been given up, the time in s, and in µs more}.
local new = call('ZADD', DUE, now + tonumber(ARGV[6]), 'node:' .. ARGV[5])
local t = call('TIME')
return {new == 1 and 'new' or 'ok', t[1], t[2]}
