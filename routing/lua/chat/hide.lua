-- Quick exit: nobody who holds the phone can come back; what the page kept is dead. One that comes late, since the store was
-- away, leaves alone what a page has that entered the chat again meanwhile.
-- KEYS[1] state HASH
-- ARGV[1] node/sock of the page
-- Returns 1; 0 when nothing is left to be dead, or a newer socket stands, or stood last.
local s = redis.call('HMGET', KEYS[1], 'sock', 'was')
local last = s[1] ~= '' and s[1] or s[2]
if last and last ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], 'tok', 'sh') > 0 and 1 or 0
