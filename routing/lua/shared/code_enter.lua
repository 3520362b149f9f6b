-- A young person enters a chat again by its return code, with a new key, since the old one went with the page. What rings
-- goes back in line, and a chat that a counsellor has rings at her again: her answer is a new epoch.
-- ARGV[5] chat  [6] keyed hash of the code  [7] node/sock  [8] the new key  [9] languages per line as JSON
-- [10] how long to wait for the same counsellor in s  [11] lines that are closed, as JSON: there a place that was kept
-- ends, as with back.lua
-- Returns {'ok', ahead, changed...} or {'none'}: the code is not this chat's any more, or it cannot be entered.
local chat, r = ARGV[5], chat_of(ARGV[5])
if not r or r.m ~= ARGV[6] or r.s == 'd' or r.s == 'x' then return {'none'} end
if (r.s == 'h' or r.s == 'l') and shut_out(r.l, r.s == 'h' and r.c or 0, cjson.decode(ARGV[11])) then
  finish(chat, r, 'closed', 0)
  return {'ok', 0, unpack(changed)}
end
local langs = cjson.decode(ARGV[9])[r.l] or {r.g}
if r.y == ARGV[7] and r.k == ARGV[8] then
  retell(chat, r)
  return {'ok', ahead(chat, r, langs), unpack(changed)}
end
if r.y ~= '' then call('ZREM', AT, string.match(r.y, '^[^/]*') .. ':' .. chat) end
r.y, r.k, r.h = ARGV[7], ARGV[8], true
call('ZADD', AT, 0, string.match(r.y, '^[^/]*') .. ':' .. chat)
undue('held:' .. chat, 'away:' .. chat, 'front:' .. chat)
local name, other
if r.s == 'w' then
  keep(chat, r)
elseif r.s == 'o' then
  name = unring(r)
  queue(chat, r)
elseif r.s == 'h' then
  queue(chat, r)
else
  local was, owner = r.s, r.o
  other = let_go(r)
  unpropose(r, 'nobody')
  r.c, r.a, r.s, r.o, r.q, r.b, r.x, r.w8, r.ah = 0, now, 'w', nil, nil, nil, nil, nil, nil
  prefer(chat, r, owner, tonumber(ARGV[10]))
  project(chat, r)
  queue(chat, r)
  if was == 't' then
    name = owner
    call('ZREM', HELD, owner .. ':c:' .. chat)
    call('ZREM', TALKING, r.l .. ':' .. chat)
    local c = counsellor_of(owner)
    if c then
      c.h = c.h - 1
      keep_counsellor(owner, c)
    end
  end
end
local c = other and counsellor_of(other)
if c then
  serve_counsellor(other, c)
  r = chat_of(chat)
end
if r.s == 'w' then serve_chat(chat, r) end
c = name and counsellor_of(name)
if c then serve_counsellor(name, c) end
return {'ok', ahead(chat, r, langs), unpack(changed)}
