-- What a return code leads to. Wrong ones are counted, and when there were too many no code is looked at: else guessing
-- would not be slowed.
-- ARGV[5] keyed hash of the code  [6] wrong codes per s
-- Returns {'ok', chat or '', counsellor or ''}; {'none'} or {'slow'} with nothing changed but the bucket.
local hash, rate = ARGV[5], tonumber(ARGV[6])
local tokens = left_in('wn', 'wat', rate, rate)
if tokens < 1 then return {'slow'} end
local chat, name = string.match(call('HGET', CODES, hash) or '', '^([^:]*):(.*)$')
if not chat or fallen('code:' .. hash) then
  call('HSET', BUCKET, 'wn', tokens - 1, 'wat', now)
  return {'none'}
end
local r = chat ~= '' and chat_of(chat)
if not r or r.s == 'd' or r.s == 'x' then chat = '' end
return {'ok', chat, name}
