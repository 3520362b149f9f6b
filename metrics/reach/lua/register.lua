-- A node begins to count a day, under the name of a batch that it will flush once.
-- KEYS[1] pending HASH batch -> day   KEYS[2] meta HASH
-- ARGV[1] batch  [2] day  [3] the day before it  [4] a random name, for a ledger that has none  [5] the name that the
-- node knows it by, '' for none  [6] today
-- Returns {name of this life of the ledger, flushes so far, last day that anybody registered before or ''}. That stays
-- what it was where days are missing in between: see gap.lua. A ledger that had another name was emptied: from then on
-- it says so itself, with the day on which that was noticed.
redis.call('HSETNX', KEYS[2], 'life', ARGV[4])
local life = redis.call('HGET', KEYS[2], 'life')
if ARGV[5] ~= '' and ARGV[5] ~= life and (redis.call('HGET', KEYS[2], 'emptied') or '') < ARGV[6] then
  redis.call('HSET', KEYS[2], 'emptied', ARGV[6])
end
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
local last = redis.call('HGET', KEYS[2], 'last')
if not last or (last >= ARGV[3] and last < ARGV[2]) then redis.call('HSET', KEYS[2], 'last', ARGV[2]) end
return {life, tonumber(redis.call('HGET', KEYS[2], 'flushes') or 0), last or ''}
