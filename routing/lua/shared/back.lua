-- A young person's line is back: the place counts again; after `lost` it is one at the front.
-- ARGV[5] chat  [6] node/sock  [7] languages per line as JSON
-- Returns {'ok', ahead, changed...} or {'none'}.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.s == 'x' then return {'none'} end
if r.y ~= '' then call('ZREM', AT, string.match(r.y, '^[^/]*') .. ':' .. chat) end
r.y = ARGV[6]
call('ZADD', AT, 0, string.match(r.y, '^[^/]*') .. ':' .. chat)
undue('held:' .. chat, 'away:' .. chat, 'front:' .. chat)
if r.s == 'h' then
  queue(chat, r)
  serve_chat(chat, r)
elseif r.s == 'l' then
  r.c, r.a, r.o, r.x = 0, now, nil, nil
  r.s = 'w'
  project(chat, r)
  queue(chat, r)
  serve_chat(chat, r)
else
  keep(chat, r)
end
return {'ok', r.s == 'w' and ahead(chat, r, cjson.decode(ARGV[7])[r.l] or {r.g}) or 0, unpack(changed)}
