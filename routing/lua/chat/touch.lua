-- A chat with an open socket stays.
-- KEYS[1] state HASH   KEYS[2] log STREAM
-- Returns 1 or 0.
local ph = redis.call('HGET', KEYS[1], 'ph')
if not ph or ph == 'x' then return 0 end
local hour = math.ceil((tonumber(redis.call('TIME')[1]) + 7200) / 3600) * 3600
redis.call('PEXPIREAT', KEYS[1], hour * 1000)
redis.call('PEXPIREAT', KEYS[2], hour * 1000)
return 1
