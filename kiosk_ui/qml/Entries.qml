pragma ComponentBehavior: Bound
import QtQuick

// A list, page by page; the last page keeps the cells of the others.
Page {
    id: list

    readonly property real cell: (paper.height - (texts.size - 1) * Theme.gap) / texts.size

    pageSaid: texts.pageSaid
    pages: texts.pages
    strip: texts.strip
    turned: texts.page

    Item {
        id: paper

        anchors.fill: parent

        Column {
            spacing: Theme.gap
            width: parent.width

            Repeater {
                model: list.rows

                delegate: Entry {
                    height: list.cell
                    width: paper.width
                }
            }
        }
    }

    Said {
        anchors.left: parent.left
        anchors.right: parent.right
        text: list.texts.empty
        visible: text !== ""
    }
}
