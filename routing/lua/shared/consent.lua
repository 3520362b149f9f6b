-- The young person answers what was asked. A chat that is talked in waits at the front of the other line, and its
-- counsellor stays until somebody there accepted; a place in line goes to the other line at its own ticket.
-- ARGV[5] chat  [6] node/sock  [7] offer  [8] yes 0|1  [9] lines that take somebody in now, as JSON
-- [10] languages per line as JSON  [11] targets per line in s as JSON  [12] when to look again after a handover in s
-- Returns {'ok', changed...}, {'again'}, or {'none'}: nothing like that is asked, or a newer socket stands.
local chat, r, id, yes = ARGV[5], chat_of(ARGV[5]), ARGV[7], ARGV[8] == '1'
if not r or r.y ~= ARGV[6] then return {'none'} end
local h = r.ho
if not h or h.i ~= id then
  local last = r.hl -- asked again by a page that did not hear the answer
  return {last and last[1] == id and (last[2] == 'no') == not yes and 'again' or 'none'}
end
if h.y then return {yes and 'again' or 'none'} end
local open = cjson.decode(ARGV[9])
local there = yes and someone_at(h.l, r.s == 't' and r.o or '', h.n, open)
if not there then
  unpropose(r, yes and 'nobody' or 'no')
  if r.s ~= 't' then asked_once(r, h.l) end
  project(chat, r)
elseif r.s == 't' then
  local langs = cjson.decode(ARGV[10])[h.l] or {r.g}
  h.y = true
  project(chat, r)
  local g = {
    l = h.l, g = lang_at(h.l, h.n, r.g, langs), t = r.t, c = 0, u = r.u, k = r.k, y = r.y,
    w = cjson.decode(ARGV[11])[h.l], a = now, e = -1, v = 0, n = h.n, of = chat, fr = r.o,
  }
  due('leg:' .. id, tonumber(ARGV[12]))
  queue(id, g)
  serve_chat(id, g)
else
  local langs, name, c = cjson.decode(ARGV[10])[h.l] or {r.g}
  if r.s == 'w' then call('ZREM', WAITING, place(chat, r)) else name, c = unring(r) end
  undue('pass:' .. chat)
  if r.n then unprefer(chat, r) end
  r.ho, r.hl, r.an, r.na, r.x = nil, {id, 'moved', r.v + 1, ''}, nil, nil, nil
  asked_once(r, h.l)
  r.l, r.g, r.w, r.ah = h.l, lang_at(h.l, nil, r.g, langs), cjson.decode(ARGV[11])[h.l], nil
  r.s = 'w'
  project(chat, r)
  queue(chat, r)
  serve_chat(chat, r)
  if c then serve_counsellor(name, counsellor_of(name)) end
end
return {'ok', unpack(changed)}
