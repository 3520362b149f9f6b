-- A young person's line is back: the place counts again; after `lost` it is one at the front. Where the line closed
-- meanwhile the chat ends.
-- ARGV[5] chat  [6] node/sock  [7] languages per line as JSON  [8] lines that are closed, as JSON
-- Returns {'ok', ahead, changed...} or {'none'}.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.s == 'x' then return r and r.r == 'closed' and {'ok', 0} or {'none'} end
if (r.s == 'h' or r.s == 'l') and shut_out(r.l, r.s == 'h' and r.c or 0, cjson.decode(ARGV[8])) then
  finish(chat, r, 'closed', 0)
  return {'ok', 0, unpack(changed)}
end
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
  retell(chat, r)
  local g = r.ho and r.ho.y and chat_of(r.ho.i)
  if g and g.s == 'h' then
    queue(r.ho.i, g)
    serve_chat(r.ho.i, g)
  end
end
return {'ok', ahead(chat, r, cjson.decode(ARGV[7])[r.l] or {r.g}), unpack(changed)}
