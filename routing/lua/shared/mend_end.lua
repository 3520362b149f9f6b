-- A failover forgot that a chat ended, or lost its own state: it is over.
-- ARGV[5] chat  [6] its version, as it was read  [7] version of its own state  [8] reason  [9] wrap-up time in s
-- Returns {'ok', changed...}; {'none'} where it changed meanwhile.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.s == 'x' or r.v ~= tonumber(ARGV[6]) then return {'none'} end
r.v = math.max(r.v, tonumber(ARGV[7]))
finish(chat, r, ARGV[8], tonumber(ARGV[9]))
return {'ok', unpack(changed)}
