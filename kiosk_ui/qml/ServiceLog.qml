pragma ComponentBehavior: Bound
import QtQuick

// A few lines at a time, newest first.
Page {
    id: log

    pageSaid: texts.pageSaid
    pages: texts.pages
    turned: texts.page

    Column {
        anchors.left: parent.left
        anchors.right: parent.right
        spacing: Theme.gap / 2

        Said {
            text: log.texts.empty
            visible: text !== ""
            width: parent.width
        }

        Repeater {
            model: log.rows

            delegate: Said {
                required property string title

                font.pixelSize: Theme.small
                text: title
                width: parent.width
                wrapMode: Text.WrapAnywhere
            }
        }
    }
}
