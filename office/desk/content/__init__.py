"""What kiosks show: written here, published as whole versions, taken back with one click.

kinds       which kinds there are, their file, their shape, and what a shape alone does not say
items       the drafts: one row an item, compare-and-set
media       pictures, sound and video that items name
versions    a version is all drafts as files with hashes; history, difference, going back
reach       which kiosks show the published version, and why one does not
publishing  the part with the routes: to the receiver, which tells every kiosk
preview     a draft as the kiosk's own renderer draws it
emergency   the emergency notice: written by one person, released by another, withdrawn by anyone who may

GET    /v1/content/{kind}                 the drafts, in the order of the screen; ?after&limit&text
PUT    /v1/content/{kind}/{id}            {"v", "item"} -> {"v"}; v 0 makes it; 409 when somebody else was faster
DELETE /v1/content/{kind}/{id}            ?v
POST   /v1/content/{kind}/order           {"ids"}: the order of the screen
PUT    /v1/content-media                  bytes -> {"name", "type", "size"}; items name it
GET    /v1/content-media/{name}
GET    /v1/content-versions               newest first, the one in force marked
GET    /v1/content-versions/draft         what publishing would change
POST   /v1/content-versions               {"note"} -> the version
POST   /v1/content-versions/{n}/again     that version is in force again
GET    /v1/content-reach                  {"kiosks", "there", "behind"}: who shows it, and why one does not
GET    /v1/content-preview/{kind}/{id}    PNG of the kiosk's own renderer; ?look=contrast&size=800x1280&language=en
GET    /v1/notices                        with who has shown it since when
POST   /v1/notices                        {"title", "text", "minutes"} -> the draft
POST   /v1/notices/{id}/release           by somebody else
POST   /v1/notices/{id}/withdraw
"""
