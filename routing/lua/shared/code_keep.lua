-- A young person asks for a return code: it leads to this chat, and to its counsellor from the time there is one. The
-- code that the chat had before leads nowhere.
-- ARGV[5] chat  [6] keyed hash of the code  [7] how long it leads there in s, to the end of that day
-- Returns {'ok'}, {'taken'}: it is another chat's, or {'none'}: the chat cannot be entered.
local chat, hash, r = ARGV[5], ARGV[6], chat_of(ARGV[5])
if not r or r.s == 'd' or r.s == 'l' or r.s == 'x' then return {'none'} end
if r.m == hash then return {'ok'} end
if call('HEXISTS', CODES, hash) == 1 then return {'taken'} end
if r.m then
  call('HDEL', CODES, r.m)
  undue('code:' .. r.m)
end
r.m = hash
keep(chat, r)
call('HSET', CODES, hash, chat .. ':' .. (r.s == 't' and r.o or ''))
call('ZADD', DUE, math.ceil((now + tonumber(ARGV[7])) / 86400) * 86400, 'code:' .. hash)
return {'ok'}
