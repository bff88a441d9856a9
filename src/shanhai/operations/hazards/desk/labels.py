# SPDX-License-Identifier: Apache-2.0
"""What is to be done next, by what is known of a site. National practice; a county's own plan comes first."""

from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.values import Lack, Level

ADVICE: dict[Level, str] = {
    Level.NONE: gettext_noop("照常监测。"),
    Level.BLUE: gettext_noop("留意趋势，看仪器是否正常。"),
    Level.YELLOW: gettext_noop("请群测群防员加密巡查，检查仪器，看旁边的监测点。"),
    Level.ORANGE: gettext_noop("请马上会商；村和乡镇值班，做好转移准备。"),
    Level.RED: gettext_noop("请立即会商并转移受威胁的人，封路，上报；不要等仪器再确认。"),
}
LACK_ADVICE: dict[Lack, str] = {
    Lack.WARM_UP: gettext_noop("等数据积累，或者请批准监测点的基准速率；这期间靠人巡查。"),
    Lack.NO_DATA: gettext_noop("请看设备的电和信号；来不及修就派人去看。"),
    Lack.INVALID: gettext_noop("请派人核实仪器；确认是仪器出错的，写明原因隔离。"),
    Lack.NOT_APPLICABLE: gettext_noop("请拟定阈值，送会商负责人审批。"),
}
