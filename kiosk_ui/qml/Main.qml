import QtQuick

Window {
    id: main

    required property int wide
    required property int high

    color: Theme.ground
    height: high
    width: wide

    // A page gets what it shows when it is made; while it stays, what has changed is put into it.
    Connections {
        target: Kiosk

        function onPageChanged() {
            main.showPage();
        }
    }

    Component.onCompleted: showPage()

    property int visit: -1

    function showPage() {
        const page = Kiosk.page;
        const shown = pages.item as Page;
        if (page.visit === visit && shown !== null) {
            shown.texts = page.texts;
            shown.title = page.title;
            return;
        }
        visit = page.visit;
        pages.setSource(page.qml + ".qml", {
            "title": page.title,
            "texts": page.texts,
            "rows": page.rows,
            "half": Qt.binding(() => Theme.low ? main.height / 2 : 0)
        });
    }

    Loader {
        id: pages

        objectName: "pages"

        anchors.bottom: bar.top
        anchors.bottomMargin: Theme.gap * (Theme.tall ? 1.5 : 1)
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
    }

    Corner {
        enabled: Kiosk.atHome
    }

    Bar {
        id: bar

        anchors.bottom: help.top
        anchors.bottomMargin: Theme.gap
        anchors.left: parent.left
        // On a small glass five controls have room as wide as they must be only a little nearer to its edge.
        anchors.leftMargin: Theme.tall ? Theme.side : Theme.side / 2
        anchors.right: parent.right
        anchors.rightMargin: anchors.leftMargin
    }

    HelpBar {
        id: help

        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.side
        anchors.left: parent.left
        anchors.leftMargin: Theme.side
        anchors.right: parent.right
        anchors.rightMargin: Theme.side
    }

    Countdown {
        anchors.fill: parent
        visible: Kiosk.countdown >= 0
    }
}
