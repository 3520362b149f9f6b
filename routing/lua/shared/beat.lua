-- A node is alive.
-- ARGV[5] node  [6] how long that holds in s
-- Returns {'ok'}; {'new'} when the node was unknown or had been given up.
local new = call('ZADD', DUE, now + tonumber(ARGV[6]), 'node:' .. ARGV[5])
return {new == 1 and 'new' or 'ok'}
