-- A chat that ended as done was read to its end: nothing is left to keep.
-- ARGV[5] chat
-- Returns {'ok', changed...} or {'none'}.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.s ~= 'd' then return {'none'} end
finish(chat, r, 'done', 0)
return {'ok', unpack(changed)}
