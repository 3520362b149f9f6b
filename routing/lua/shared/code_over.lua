-- Falls due, at the end of a day: a return code leads nowhere any more.
-- ARGV[5] keyed hash of the code
-- Returns {'ok'} or {'none'}.
local hash = ARGV[5]
if not fallen('code:' .. hash) then return {'none'} end
local chat = string.match(call('HGET', CODES, hash) or '', '^([^:]*):')
local r = chat and chat ~= '' and chat_of(chat)
undue('code:' .. hash)
call('HDEL', CODES, hash)
if r and r.m == hash then
  r.m = nil
  keep(chat, r)
end
return {'ok'}
