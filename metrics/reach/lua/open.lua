-- A table of a period is opened: every cell that it does not have yet gets its noise. Who comes second changes nothing.
-- KEYS[1] open HASH   KEYS[2] sealed HASH   KEYS[3] opened SET   KEYS[4] meta HASH
-- ARGV[1] <table>:<period>  [2] ε, a fraction  [3] first day that is counted  [4] first day of the period, then cell,
-- noise, ...
-- What was counted of the period before the ledger was emptied is lost, and the table says so.
-- Returns 'ok'; 'sealed'; or the ε it was opened with, when that is another one.
if redis.call('EXISTS', KEYS[2]) == 1 then return 'sealed' end
local eps = redis.call('HGET', KEYS[1], '.epsilon')
if eps and eps ~= ARGV[2] then return eps end
redis.call('HSETNX', KEYS[1], '.epsilon', ARGV[2])
redis.call('HSETNX', KEYS[1], '.since', ARGV[3])
local emptied = redis.call('HGET', KEYS[4], 'emptied')
if emptied and emptied >= ARGV[4] then redis.call('HSETNX', KEYS[1], '.emptied', emptied) end
for i = 5, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('SADD', KEYS[3], ARGV[1])
return 'ok'
