-- The totals of a month that is over get the hours that were promised, with those of the days on which no node was there
-- to say them. It may be done again.
-- KEYS[1] open HASH of totals   KEYS[2] sealed HASH
-- ARGV[1] day from which on it is counted, then line, day, minutes that the hours of that day promise, ...
-- Returns the fields that are of one day; none, and nothing changes, where the month is sealed or not open.
if redis.call('EXISTS', KEYS[2]) == 1 or redis.call('HEXISTS', KEYS[1], '.epsilon') == 0 then return {} end
local sums, daily = {}, {}
for i = 2, #ARGV, 3 do
  local line, day, minutes = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local said = redis.call('HGET', KEYS[1], line .. '|promised|' .. day)
  if said or day >= ARGV[1] then sums[line] = (sums[line] or 0) + tonumber(said or minutes) end
end
for line, sum in pairs(sums) do redis.call('HSET', KEYS[1], line .. '|promised', sum) end
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.find(field, '^[^|]+|slots|') or string.find(field, '^[^|]+|promised|') then daily[#daily + 1] = field end
end
return daily
