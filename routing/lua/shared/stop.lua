-- The counsellor ends the chat because of abuse: log and share go at once.
-- ARGV[5] chat  [6] wrap-up time in s  [7] name
-- Returns {'ok', changed...}, {'again'} when she had stopped it before, {'none'} when it is not hers.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.o ~= ARGV[7] then return {'none'} end
if r.s == 'x' then return {r.r == 'stopped' and 'again' or 'none'} end
if r.s ~= 't' then return {'none'} end
finish(chat, r, 'stopped', tonumber(ARGV[6]))
return {'ok', unpack(changed)}
