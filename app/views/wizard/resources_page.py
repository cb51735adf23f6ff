"""The third page: processors, memory and disk."""

from __future__ import annotations

from typing_extensions import override

from app.views import words
from app.views.icons import Glyph
from app.views.widgets.note import Note
from app.views.wizard.amounts import AmountCard, Range
from app.views.wizard.page import WizardPage
from app.views.wizard.plan import Plan
from app.vm.model import MIN_DISK_MIB, MIN_MEMORY_MIB

_GIB = 1024


class ResourcesPage(WizardPage):
    """Shows how much the machine gets, and what that leaves."""

    def __init__(self, plan: Plan, title: str, caption: str) -> None:
        super().__init__(plan, title, caption)
        self._recommended = Note("info", action=self.tr("Use recommended"))
        self._recommended.activated.connect(plan.use_recommended)
        self.cpus = AmountCard(Glyph.CHIP, self.tr("Processors"), is_size=False)
        self.memory = AmountCard(Glyph.MEMORY, self.tr("Memory"), is_size=True)
        self.disk = AmountCard(Glyph.DISK, self.tr("Disk"), is_size=True)
        self.cpus.chosen.connect(lambda value: plan.change(cpus=value))
        self.memory.chosen.connect(lambda value: plan.change(memory_mib=value))
        self.disk.chosen.connect(lambda value: plan.change(disk_mib=value))
        for part in (self._recommended, self.cpus, self.memory, self.disk):
            self.content.addWidget(part)
        self.content.addStretch(1)
        self.refresh()

    @override
    def focus_first(self) -> None:
        self.cpus.box.setFocus()

    @override
    def refresh(self) -> None:
        plan, suggestion = self.plan, self.plan.suggestion
        text = self.tr("Recommended for %1: %2, %3, %4 disk")
        for place, value in (
            ("%4", words.size(suggestion.disk_mib)),
            ("%3", words.size(suggestion.memory_mib)),
            ("%2", words.processors(suggestion.cpus)),
            ("%1", suggestion.title),
        ):
            text = text.replace(place, value)
        follows = (plan.draft.cpus, plan.draft.memory_mib, plan.draft.disk_mib) == (0, 0, 0)
        self._recommended.say("info", text, action="" if follows else self.tr("Use recommended"))
        self._show_cpus()
        self._show_memory()
        self._show_disk()

    def _show_cpus(self) -> None:
        plan, most = self.plan, self.plan.host.cpus
        good = plan.suggestion.cpus
        self.cpus.show_range(
            Range(least=1, most=most, step=1, good_from=good, good_to=max(good, most // 2))
        )
        if plan.cpus >= most > 1:
            text = self.tr("Takes all processors of this computer.")
            self.cpus.show_value(plan.cpus, text, warns=True)
        else:
            text = self.tr("of %1").replace("%1", str(most))
            self.cpus.show_value(plan.cpus, text, warns=False)

    def _show_memory(self) -> None:
        plan, host = self.plan, self.plan.host
        total = max(host.memory_total_mib, MIN_MEMORY_MIB)
        good = plan.suggestion.memory_mib
        step = 128 if total < 8 * _GIB else 512
        half = max(good, total // 2)
        self.memory.show_range(
            Range(least=MIN_MEMORY_MIB, most=total, step=step, good_from=good, good_to=half)
        )
        warning = self._memory_warning()
        text = self.tr("of %1").replace("%1", words.size(total // 128 * 128))
        self.memory.show_value(plan.memory_mib, warning or text, warns=bool(warning))

    def _memory_warning(self) -> str:
        plan, host = self.plan, self.plan.host
        left = max(0, host.memory_total_mib - plan.memory_mib)
        if plan.memory_mib < plan.suggestion.min_memory_mib:
            return self._needs(plan.suggestion.min_memory_mib)
        if left < max(_GIB, host.memory_total_mib // 8):
            return self.tr("Leaves %1 for this computer.").replace("%1", words.size(left))
        if plan.memory_mib > host.memory_mib:
            return self.tr("Only %1 are free now.").replace("%1", words.size(host.memory_mib))
        return ""

    def _show_disk(self) -> None:
        plan, free = self.plan, self.plan.host.free_disk_mib
        good = plan.suggestion.disk_mib
        most = max(free, MIN_DISK_MIB)
        step = 1 if most < 4 * _GIB else _GIB
        self.disk.show_range(
            Range(
                least=MIN_DISK_MIB,
                most=most,
                step=step,
                good_from=min(good, most),
                good_to=min(most, 4 * good),
            )
        )
        if plan.disk_mib < plan.suggestion.min_disk_mib:
            self.disk.show_value(
                plan.disk_mib, self._needs(plan.suggestion.min_disk_mib), warns=True
            )
            return
        text = self.tr("grows as it fills, %1 free").replace("%1", words.size(free // _GIB * _GIB))
        self.disk.show_value(plan.disk_mib, text, warns=plan.disk_mib > free)

    def _needs(self, mib: int) -> str:
        text = self.tr("%1 needs at least %2.").replace("%2", words.size(mib))
        return text.replace("%1", self.plan.suggestion.system.plain_name)
