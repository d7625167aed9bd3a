import QtQuick

// Two big arrows and where one is; only where there is more than one page.
Row {
    id: pager

    required property int turned
    required property int pages
    required property string said
    property bool brief
    // Long words of where one is give way to the figures.
    readonly property bool figures: brief || saidWidth.advanceWidth > width * 0.3

    spacing: Theme.gap
    visible: pages > 1

    BigButton {
        argument: String(pager.turned - 1)
        art: "back"
        control: "turn"
        enabled: pager.turned > 0
        height: Theme.target
        spoken: Kiosk.words.bar.previous
        text: pager.brief ? "" : Kiosk.words.bar.previous
        width: pager.brief ? Theme.target : (pager.width - count.width - 2 * Theme.gap) / 2
    }

    TextMetrics {
        id: saidWidth

        font.bold: true
        font.family: count.font.family
        font.pixelSize: Kiosk.large ? Theme.small : Theme.body
        text: pager.said
    }

    Said {
        id: count

        font.bold: true
        font.pixelSize: Kiosk.large && !pager.brief ? Theme.small : Theme.body
        height: Theme.target
        horizontalAlignment: Text.AlignHCenter
        text: pager.figures ? (pager.turned + 1) + "/" + pager.pages : pager.said
        verticalAlignment: Text.AlignVCenter
        width: pager.brief ? implicitWidth : pager.width * 0.3
    }

    BigButton {
        argument: String(pager.turned + 1)
        art: "next"
        control: "turn"
        enabled: pager.turned < pager.pages - 1
        height: Theme.target
        spoken: Kiosk.words.bar.next
        text: pager.brief ? "" : Kiosk.words.bar.next
        width: pager.brief ? Theme.target : (pager.width - count.width - 2 * Theme.gap) / 2
    }
}
