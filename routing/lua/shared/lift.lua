-- A failover forgot what a chat's own state was told: its record counts on from there, before it is done again.
-- ARGV[5] chat  [6] its version, as it was read  [7] version of its own state
-- Returns {'ok'}; {'none'} where it changed meanwhile.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.v ~= tonumber(ARGV[6]) then return {'none'} end
r.v = math.max(r.v, tonumber(ARGV[7]))
keep(chat, r)
return {'ok'}
