-- The counsellor ends the chat; its log stands until the young person has read it or the linger time is over.
-- ARGV[5] chat  [6] wrap-up time in s  [7] name  [8] linger in s
-- Returns {'ok', changed...}, {'again'} when she had ended it before, {'none'} when it is not hers.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.o ~= ARGV[7] then return {'none'} end
if r.s == 'd' or r.s == 'x' then return {r.r == 'done' and 'again' or 'none'} end
if r.s ~= 't' then return {'none'} end
local name, c = release(chat, r, tonumber(ARGV[6]))
undue('away:' .. chat)
due('linger:' .. chat, tonumber(ARGV[8]))
r.s, r.r, r.w8 = 'd', 'done', nil
project(chat, r)
if c then serve_counsellor(name, c) end
return {'ok', unpack(changed)}
