pragma ComponentBehavior: Bound
import QtQuick

// Something to read, as many whole blocks on a page as fit, and below it what can be done.
// In the low position what is only read stands above, where nobody has to reach.
Page {
    id: reading

    readonly property real from: Theme.low ? reading.headBottom + Theme.gap - reading.roomTop : 0
    readonly property real roomHigh: deeds.y - (deeds.height > 0 ? Theme.gap : 0) - from
    readonly property real turnedHigh: roomHigh - Theme.target - Theme.gap
    readonly property var alone: packed(roomHigh)
    readonly property bool turns: alone.pages > 1
    readonly property var places: turns ? packed(turnedHigh) : alone
    readonly property int shown: Math.min(texts.page, places.pages - 1)

    strip: texts.strip

    // Where each block stands: the page it begins on, and how far down. Only measures are looked at.
    function packed(high: real): var {
        const starts = [];
        let page = 0;
        let used = 0;
        for (let n = 0; n < blocks.count; n++) {
            const block = blocks.itemAt(n) as ReadingBlock;
            if (block === null || !block.isText) {
                starts.push(null);
                continue;
            }
            if (used > 0 && used + block.whole > high) {
                page++;
                used = 0;
            }
            starts.push({
                "page": page,
                "y": used
            });
            used += block.whole + Theme.gap;
            if (block.parts > 1) {
                page += block.parts;
                used = 0;
            }
        }
        return {
            "starts": starts,
            "pages": used > 0 || page === 0 ? page + 1 : page
        };
    }

    Item {
        id: paper

        height: reading.turns ? reading.turnedHigh : reading.roomHigh
        width: parent.width
        y: reading.from

        Repeater {
            id: blocks

            model: reading.rows

            delegate: ReadingBlock {
                required property int index
                readonly property var start: reading.places.starts[index] ?? null

                aloud: reading.texts.aloud
                page: reading.roomHigh - Theme.target - Theme.gap
                part: start === null ? 0 : Math.max(0, Math.min(parts - 1, reading.shown - start.page))
                visible: isText && start !== null && reading.shown >= start.page && reading.shown < start.page + parts
                width: paper.width
                y: start === null || part > 0 ? 0 : start.y
            }
        }
    }

    Pager {
        id: pager

        anchors.bottom: deeds.top
        anchors.bottomMargin: deeds.height > 0 ? Theme.gap : 0
        anchors.horizontalCenter: parent.horizontalCenter
        brief: !Theme.tall
        pages: reading.places.pages
        said: (reading.shown + 1) + " / " + reading.places.pages
        turned: reading.shown
        width: brief ? implicitWidth : parent.width
    }

    Deeds {
        id: deeds

        anchors.bottom: parent.bottom
        rows: reading.rows
        width: parent.width
    }
}
