<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
<context>
    <name>Actions</name>
    <message>
        <source>Something went wrong inside Duplex VM.</source>
        <translation>Duplex VM 内部出现了问题。</translation>
    </message>
    <message>
        <source>Try again. If it happens again, copy the report and send it to us.</source>
        <translation>请重试。如果再次出现，请复制报告并发给我们。</translation>
    </message>
</context>
<context>
    <name>AddDiskSheet</name>
    <message>
        <source>Add disk</source>
        <translation>添加磁盘</translation>
    </message>
    <message>
        <source>Add a disk to “%1”</source>
        <translation>为“%1”添加磁盘</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>It is empty, and grows on this computer as it fills.</source>
        <translation>它是空的，写入数据时才会在本机占用更多空间。</translation>
    </message>
    <message>
        <source>Partition and format it in the machine, with its system&apos;s own tools.</source>
        <translation>请在虚拟机中用其系统自带的工具分区并格式化。</translation>
    </message>
    <message>
        <source>%1 are free on this computer</source>
        <translation>本机可用空间为 %1</translation>
    </message>
</context>
<context>
    <name>AdviceSheet</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Bar</name>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Send keys</source>
        <translation>发送按键</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Exclusive mode</source>
        <translation>独占模式</translation>
    </message>
    <message>
        <source>One more screen</source>
        <translation>再加一个屏幕</translation>
    </message>
    <message>
        <source>Actual size</source>
        <translation>实际大小</translation>
    </message>
    <message>
        <source>Keep the bar open</source>
        <translation>保持工具栏显示</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>收回键鼠</translation>
    </message>
    <message>
        <source>Hand over</source>
        <translation>交给虚拟机</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation>正在暂停…</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Shutting down…</source>
        <translation>正在关机…</translation>
    </message>
    <message>
        <source>Working on a snapshot…</source>
        <translation>正在处理快照…</translation>
    </message>
    <message>
        <source>Working on the disk…</source>
        <translation>正在处理磁盘…</translation>
    </message>
    <message>
        <source>Deleting…</source>
        <translation>正在删除…</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>出现问题</translation>
    </message>
    <message>
        <source>Files missing</source>
        <translation>文件缺失</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>已关机</translation>
    </message>
</context>
<context>
    <name>Capture</name>
    <message>
        <source>This desktop keeps shortcuts such as Alt+Tab for itself. Use “Send keys” in the bar.</source>
        <translation>此桌面会自行处理 Alt+Tab 等快捷键。请使用工具栏中的“发送按键”。</translation>
    </message>
    <message>
        <source>Another program holds the keyboard. Shortcuts such as Alt+Tab are not sent to the machine.</source>
        <translation>键盘正被另一个程序占用，Alt+Tab 等快捷键不会发送到虚拟机。</translation>
    </message>
    <message>
        <source>The desktop did not give its shortcuts, such as Alt+Tab, to the machine. Use “Send keys” in the bar.</source>
        <translation>桌面没有把 Alt+Tab 等快捷键交给虚拟机。请使用工具栏中的“发送按键”。</translation>
    </message>
</context>
<context>
    <name>CardView</name>
    <message>
        <source>Virtual machines</source>
        <translation>虚拟机</translation>
    </message>
</context>
<context>
    <name>ChordField</name>
    <message>
        <source>Press the keys together. Esc keeps what is there.</source>
        <translation>请同时按下这些键。按 Esc 保持不变。</translation>
    </message>
    <message>
        <source>Try it now: press %1.</source>
        <translation>现在试一下：按 %1。</translation>
    </message>
    <message>
        <source>That is it: the machine gives keyboard and pointer back.</source>
        <translation>没错：虚拟机会交还键盘和鼠标。</translation>
    </message>
    <message>
        <source>That was another combination.</source>
        <translation>这是另一个组合键。</translation>
    </message>
    <message>
        <source>Press keys…</source>
        <translation>请按键…</translation>
    </message>
</context>
<context>
    <name>ClipboardTyping</name>
    <message>
        <source>No keyboard layout can be read on this computer.</source>
        <translation>无法读取此电脑的键盘布局。</translation>
    </message>
    <message>
        <source>There is no text on the clipboard.</source>
        <translation>剪贴板中没有文本。</translation>
    </message>
    <message>
        <source>The text is too long to be typed: %1 characters at most.</source>
        <translation>文本太长，无法键入：最多 %1 个字符。</translation>
    </message>
    <message>
        <source>Typing the clipboard&apos;s text. Any key stops it.</source>
        <translation>正在键入剪贴板文本。按任意键停止。</translation>
    </message>
    <message>
        <source>Typing was stopped.</source>
        <translation>已停止键入。</translation>
    </message>
    <message>
        <source>The text was typed.</source>
        <translation>文本已键入。</translation>
    </message>
    <message>
        <source>The text was typed, without what the keyboard&apos;s layout lacks: %1</source>
        <translation>文本已键入，键盘布局中没有的字符除外：%1</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>%1 could not be paused</source>
        <translation>无法暂停 %1</translation>
    </message>
    <message>
        <source>%1 could not be shut down</source>
        <translation>无法关闭 %1</translation>
    </message>
    <message>
        <source>%1 could not be forced off</source>
        <translation>无法强制关闭 %1</translation>
    </message>
    <message>
        <source>%1 could not be deleted</source>
        <translation>无法删除 %1</translation>
    </message>
    <message>
        <source>%1 could not be taken back</source>
        <translation>无法恢复 %1</translation>
    </message>
    <message>
        <source>%1 could not be renamed</source>
        <translation>无法重命名 %1</translation>
    </message>
    <message>
        <source>%1 could not be recovered</source>
        <translation>无法恢复 %1</translation>
    </message>
    <message>
        <source>The disc could not be inserted into %1</source>
        <translation>无法将光盘放入 %1</translation>
    </message>
    <message>
        <source>The disc could not be taken out of %1</source>
        <translation>无法从 %1 取出光盘</translation>
    </message>
    <message>
        <source>Force off “%1”?</source>
        <translation>强制关闭“%1”？</translation>
    </message>
    <message>
        <source>This cuts the power. What the machine has not saved is lost.</source>
        <translation>这相当于切断电源，虚拟机中未保存的内容将丢失。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Force off</source>
        <translation>强制关机</translation>
    </message>
    <message>
        <source>%1 did not switch itself off.</source>
        <translation>%1 没有自行关机。</translation>
    </message>
    <message>
        <source>Its system may be busy, or may ignore the power button. Forcing it off loses what it has not saved.</source>
        <translation>系统可能正忙，或忽略了电源按钮。强制关机会丢失未保存的内容。</translation>
    </message>
    <message>
        <source>Wait</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>%1 could not be opened</source>
        <translation>无法打开 %1</translation>
    </message>
    <message>
        <source>%1 could not go on</source>
        <translation>无法继续运行 %1</translation>
    </message>
    <message>
        <source>%1 could not start</source>
        <translation>无法启动 %1</translation>
    </message>
</context>
<context>
    <name>ConsentSheet</name>
    <message>
        <source>Don&apos;t allow</source>
        <translation>不允许</translation>
    </message>
    <message>
        <source>This time</source>
        <translation>仅此一次</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>始终允许</translation>
    </message>
    <message>
        <source>You can change this under Settings &gt; Privacy.</source>
        <translation>可在“设置 &gt; 隐私”中更改。</translation>
    </message>
</context>
<context>
    <name>CutOffWork</name>
    <message>
        <source>Cut off</source>
        <translation>中断的任务</translation>
    </message>
</context>
<context>
    <name>Desktop</name>
    <message>
        <source>%1 could not be opened</source>
        <translation>无法打开 %1</translation>
    </message>
    <message>
        <source>“%1” goes on running.</source>
        <translation>“%1” 仍在运行。</translation>
    </message>
    <message>
        <source>“%1” is open on another monitor.</source>
        <translation>“%1”已在另一台显示器上打开。</translation>
    </message>
    <message>
        <source>Move it here</source>
        <translation>移到这里</translation>
    </message>
</context>
<context>
    <name>DetailPanel</name>
    <message>
        <source>All machines</source>
        <translation>所有虚拟机</translation>
    </message>
    <message>
        <source>Rename (F2)</source>
        <translation>重命名 (F2)</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Shut down</source>
        <translation>关机</translation>
    </message>
    <message>
        <source>Force off</source>
        <translation>强制关机</translation>
    </message>
    <message>
        <source>More actions</source>
        <translation>更多操作</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>固件</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>上次使用</translation>
    </message>
    <message>
        <source>Insert a disc…</source>
        <translation>放入光盘…</translation>
    </message>
    <message>
        <source>Eject the disc</source>
        <translation>弹出光盘</translation>
    </message>
    <message>
        <source>Starts the machine and opens its window</source>
        <translation>启动虚拟机并打开窗口</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Lets the machine go on and opens its window</source>
        <translation>继续运行虚拟机并打开窗口</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Opens the machine&apos;s window</source>
        <translation>打开虚拟机窗口</translation>
    </message>
    <message>
        <source>The disk of this computer is full.</source>
        <translation>本机磁盘已满。</translation>
    </message>
    <message>
        <source>Make room, then let the machine go on.</source>
        <translation>腾出空间后即可继续运行。</translation>
    </message>
    <message>
        <source>Paused because PC mode went off.</source>
        <translation>PC 模式关闭，虚拟机已暂停。</translation>
    </message>
    <message>
        <source>It goes on by itself when PC mode is back.</source>
        <translation>PC 模式恢复后会自动继续运行。</translation>
    </message>
    <message>
        <source>No disc inserted</source>
        <translation>未放入光盘</translation>
    </message>
</context>
<context>
    <name>DiskDesk</name>
    <message>
        <source>Import a disk or .ova</source>
        <translation>导入磁盘或 .ova</translation>
    </message>
    <message>
        <source>%1 could not be imported</source>
        <translation>无法导入 %1</translation>
    </message>
    <message>
        <source>%1 could not be exported</source>
        <translation>无法导出 %1</translation>
    </message>
    <message>
        <source>%1 copy</source>
        <translation>%1 副本</translation>
    </message>
    <message>
        <source>%1 could not be duplicated</source>
        <translation>无法复制 %1</translation>
    </message>
    <message>
        <source>The task could not be cancelled</source>
        <translation>无法取消任务</translation>
    </message>
    <message>
        <source>Disk images and machines</source>
        <translation>磁盘映像和虚拟机</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>虚拟机</translation>
    </message>
</context>
<context>
    <name>DiskWords</name>
    <message>
        <source>System disk</source>
        <translation>系统盘</translation>
    </message>
    <message>
        <source>Disk %1</source>
        <translation>磁盘 %1</translation>
    </message>
    <message>
        <source>It cannot be read.</source>
        <translation>无法读取。</translation>
    </message>
    <message>
        <source>%1, takes up %2 on this computer</source>
        <translation>%1，在本机占用 %2</translation>
    </message>
    <message>
        <source>Shut the machine down first.</source>
        <translation>请先关闭虚拟机。</translation>
    </message>
    <message>
        <source>Wait until the machine is at rest.</source>
        <translation>请等待虚拟机空闲。</translation>
    </message>
</context>
<context>
    <name>DisksDesk</name>
    <message>
        <source>The disk could not be added</source>
        <translation>无法添加磁盘</translation>
    </message>
    <message>
        <source>The disk could not be put back</source>
        <translation>无法放回磁盘</translation>
    </message>
    <message>
        <source>Take “%1” out of the machine?</source>
        <translation>将“%1”从虚拟机中取出吗？</translation>
    </message>
    <message>
        <source>Its image is kept, and can be put back at any time:</source>
        <translation>其映像会保留，可随时放回：</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Take out</source>
        <translation>取出</translation>
    </message>
    <message>
        <source>The disk could not be taken out</source>
        <translation>无法取出磁盘</translation>
    </message>
    <message>
        <source>Free up space of “%1”?</source>
        <translation>释放“%1”的空间吗？</translation>
    </message>
    <message>
        <source>Its image is written anew without what the machine does not use any more. Meanwhile the machine stays off. Empty the trash in the machine before, and let its system trim the disk: what was deleted without that counts as used.</source>
        <translation>将重新写入其映像，去掉虚拟机不再使用的内容。期间虚拟机保持关机。请先在虚拟机中清空回收站，并让其系统对磁盘执行 TRIM：未经 TRIM 删除的内容仍算作已用。</translation>
    </message>
    <message>
        <source>Free up space</source>
        <translation>释放空间</translation>
    </message>
    <message>
        <source>No space could be freed</source>
        <translation>无法释放空间</translation>
    </message>
    <message>
        <source>The disk of “%1” has %2 now</source>
        <translation>“%1”的磁盘现在为 %2</translation>
    </message>
    <message>
        <source>The disk of %1 could not grow</source>
        <translation>无法扩大 %1 的磁盘</translation>
    </message>
</context>
<context>
    <name>DisksSheet</name>
    <message>
        <source>Disks</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Add disk…</source>
        <translation>添加磁盘…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Disks of “%1”</source>
        <translation>“%1”的磁盘</translation>
    </message>
    <message>
        <source>Kept, but not in the machine</source>
        <translation>已保留，但不在虚拟机中</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>放回</translation>
    </message>
    <message>
        <source>Make larger…</source>
        <translation>扩容…</translation>
    </message>
    <message>
        <source>Free up space…</source>
        <translation>释放空间…</translation>
    </message>
    <message>
        <source>Take out…</source>
        <translation>取出…</translation>
    </message>
</context>
<context>
    <name>DuplicateSheet</name>
    <message>
        <source>Duplicate</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Duplicate “%1”</source>
        <translation>复制“%1”</translation>
    </message>
    <message>
        <source>Name of the copy</source>
        <translation>副本名称</translation>
    </message>
    <message>
        <source>The copy has its own disk and network address; no snapshots.</source>
        <translation>副本有自己的磁盘和网络地址，不含快照。</translation>
    </message>
</context>
<context>
    <name>ElsewhereWindow</name>
    <message>
        <source>Duplex VM is open on another screen</source>
        <translation>Duplex VM 已在另一个屏幕上打开</translation>
    </message>
    <message>
        <source>You are logged in twice, and its windows are there. They can be moved here; your machines go on meanwhile.</source>
        <translation>你登录了两次，窗口在另一处。可以把窗口移到这里，期间虚拟机继续运行。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Show it there</source>
        <translation>在那边显示</translation>
    </message>
    <message>
        <source>Move it here</source>
        <translation>移到这里</translation>
    </message>
    <message>
        <source>It could not be moved</source>
        <translation>无法移动</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>EmptyLibrary</name>
    <message>
        <source>No virtual machines yet</source>
        <translation>还没有虚拟机</translation>
    </message>
    <message>
        <source>Install a system from an ISO file, or bring in one you already have.</source>
        <translation>从 ISO 文件安装系统，或导入已有的虚拟机。</translation>
    </message>
    <message>
        <source>or drop a file here</source>
        <translation>或将文件拖放到这里</translation>
    </message>
    <message>
        <source>Import a disk or .ova</source>
        <translation>导入磁盘或 .ova</translation>
    </message>
    <message>
        <source>Create from ISO</source>
        <translation>从 ISO 新建</translation>
    </message>
</context>
<context>
    <name>ErrorSheet</name>
    <message>
        <source>Details</source>
        <translation>详细信息</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制报告</translation>
    </message>
</context>
<context>
    <name>ExclusiveWindow</name>
    <message>
        <source>Already open on this screen.</source>
        <translation>已在此屏幕上打开。</translation>
    </message>
    <message>
        <source>The machine does not answer.</source>
        <translation>虚拟机没有响应。</translation>
    </message>
    <message>
        <source>%1, screen %2</source>
        <translation>%1，屏幕 %2</translation>
    </message>
    <message>
        <source>Keyboard and pointer are yours. %1 is paused in a moment.</source>
        <translation>键盘和鼠标已收回，%1 即将暂停。</translation>
    </message>
    <message>
        <source>Keyboard is back. Click the machine to hand it over again.</source>
        <translation>键盘已收回。点按虚拟机可再次交给它。</translation>
    </message>
    <message>
        <source>Some shortcuts stay with this computer.</source>
        <translation>部分快捷键仍由本机响应。</translation>
    </message>
</context>
<context>
    <name>ExportSheet</name>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export “%1”</source>
        <translation>导出“%1”</translation>
    </message>
    <message>
        <source>Compress: a smaller file, which takes longer</source>
        <translation>压缩：文件更小，但耗时更长</translation>
    </message>
    <message>
        <source>Choose a file to write, with its folder.</source>
        <translation>选择要写入的文件及其文件夹。</translation>
    </message>
    <message>
        <source>QEMU, KVM and Duplex VM</source>
        <translation>QEMU、KVM 和 Duplex VM</translation>
    </message>
    <message>
        <source>Whole machine: VMware, VirtualBox</source>
        <translation>整个虚拟机：VMware、VirtualBox</translation>
    </message>
    <message>
        <source>VMware</source>
        <translation>VMware</translation>
    </message>
    <message>
        <source>VirtualBox</source>
        <translation>VirtualBox</translation>
    </message>
    <message>
        <source>Hyper-V</source>
        <translation>Hyper-V</translation>
    </message>
    <message>
        <source>Any program; as large as the disk</source>
        <translation>任何程序；与磁盘一样大</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>The machine cannot be started while it is exported.</source>
        <translation>导出期间无法启动虚拟机。</translation>
    </message>
    <message>
        <source>The machine runs on; the copy is of this moment.</source>
        <translation>虚拟机继续运行，副本为此刻的内容。</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>导出到</translation>
    </message>
</context>
<context>
    <name>Floating</name>
    <message>
        <source>The machine has your keyboard and pointer. To get them back, press %1.</source>
        <translation>虚拟机已接管键盘和鼠标。按 %1 即可收回。</translation>
    </message>
    <message>
        <source>The machine has your keyboard and pointer. To get them back, press %1 or push the pointer against the top edge.</source>
        <translation>虚拟机已接管键盘和鼠标。按 %1，或将指针推到屏幕顶端即可收回。</translation>
    </message>
    <message>
        <source>Try it now: press %1.</source>
        <translation>现在试一下：按 %1。</translation>
    </message>
    <message>
        <source>Or press %1 together and let go.</source>
        <translation>或者同时按下 %1 再松开。</translation>
    </message>
</context>
<context>
    <name>Gate</name>
    <message>
        <source>PC mode</source>
        <translation>PC 模式</translation>
    </message>
    <message>
        <source>Off while used as a tablet</source>
        <translation>平板形态下已关闭</translation>
    </message>
    <message>
        <source>Off while folded</source>
        <translation>合上时已关闭</translation>
    </message>
    <message>
        <source>PC mode is off</source>
        <translation>PC 模式未开启</translation>
    </message>
    <message>
        <source>No tablet sensor on this computer</source>
        <translation>本机没有平板形态传感器</translation>
    </message>
    <message>
        <source>On, standing upright</source>
        <translation>已开启，已立起</translation>
    </message>
    <message>
        <source>On, keyboard attached</source>
        <translation>已开启，键盘已连接</translation>
    </message>
    <message>
        <source>%1 (simulated)</source>
        <translation>%1（模拟）</translation>
    </message>
    <message>
        <source>Machines need a keyboard and an upright screen.</source>
        <translation>使用虚拟机需要连接键盘并立起屏幕。</translation>
    </message>
    <message>
        <source>This computer is used as a tablet.</source>
        <translation>本机正作为平板使用。</translation>
    </message>
    <message>
        <source>This computer is folded.</source>
        <translation>本机已合上。</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>two sentences</comment>
        <translation>%1%2</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>On while the posture is right.</source>
        <translation>形态合适时开启。</translation>
    </message>
    <message>
        <source>Always on</source>
        <translation>始终开启</translation>
    </message>
    <message>
        <source>A tablet or folded computer still stops machines.</source>
        <translation>作为平板使用或合上时，虚拟机仍会暂停。</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>No machine starts; open ones are paused.</source>
        <translation>不启动任何虚拟机，已打开的会暂停。</translation>
    </message>
    <message>
        <source>Laptop</source>
        <translation>笔记本</translation>
    </message>
    <message>
        <source>On its stand</source>
        <translation>立起</translation>
    </message>
    <message>
        <source>Tablet</source>
        <translation>平板</translation>
    </message>
    <message>
        <source>Folded</source>
        <translation>合上</translation>
    </message>
    <message>
        <source>simulated</source>
        <translation>模拟</translation>
    </message>
    <message>
        <source>from the sensor</source>
        <translation>来自传感器</translation>
    </message>
    <message>
        <source>assumed</source>
        <translation>默认</translation>
    </message>
</context>
<context>
    <name>GateSwitch</name>
    <message>
        <source>PC mode could not be turned on</source>
        <translation>无法开启 PC 模式</translation>
    </message>
    <message>
        <source>PC mode could not be changed</source>
        <translation>无法更改 PC 模式</translation>
    </message>
    <message>
        <source>The posture could not be set</source>
        <translation>无法设置形态</translation>
    </message>
</context>
<context>
    <name>GrowSheet</name>
    <message>
        <source>Make the disk larger</source>
        <translation>扩大磁盘</translation>
    </message>
    <message>
        <source>Make the disk of “%1” larger</source>
        <translation>扩大“%1”的磁盘</translation>
    </message>
    <message>
        <source>Make larger</source>
        <translation>扩大</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Partitions inside the machine stay as they are.</source>
        <translation>虚拟机内的分区保持不变。</translation>
    </message>
    <message>
        <source>You are told afterwards how to let them grow there.</source>
        <translation>之后会说明如何在虚拟机中扩展分区。</translation>
    </message>
    <message>
        <source>Now %1, %2 are free on this computer</source>
        <translation>现为 %1，本机剩余 %2</translation>
    </message>
</context>
<context>
    <name>ImportSheet</name>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Import as a new machine</source>
        <translation>导入为新虚拟机</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>The file is copied; it stays as it is.</source>
        <translation>文件会被复制，原文件保持不变。</translation>
    </message>
</context>
<context>
    <name>Inhibit</name>
    <message>
        <source>A machine has the keyboard and the screen.</source>
        <translation>一台虚拟机正在使用键盘和屏幕。</translation>
    </message>
</context>
<context>
    <name>KeptKeys</name>
    <message>
        <source>Switch windows</source>
        <translation>切换窗口</translation>
    </message>
    <message>
        <source>Overview and start menu</source>
        <translation>概览和开始菜单</translation>
    </message>
    <message>
        <source>Super, alone and with others</source>
        <translation>Super 键，单独或与其他键组合</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Switch workspaces</source>
        <translation>切换工作区</translation>
    </message>
    <message>
        <source>Ctrl+Alt and an arrow</source>
        <translation>Ctrl+Alt 加方向键</translation>
    </message>
    <message>
        <source>Screenshot</source>
        <translation>截图</translation>
    </message>
    <message>
        <source>Print, alone and with others</source>
        <translation>Print 键，单独或与其他键组合</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>Mute, quieter, louder</source>
        <translation>静音、减小、增大</translation>
    </message>
    <message>
        <source>Player</source>
        <translation>播放器</translation>
    </message>
    <message>
        <source>Play, stop, next and previous track</source>
        <translation>播放、停止、下一曲和上一曲</translation>
    </message>
</context>
<context>
    <name>KeptKeysSheet</name>
    <message>
        <source>Keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>Keyboard of “%1”</source>
        <translation>“%1”的键盘</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Machine</source>
        <translation>虚拟机</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>The choice holds until you quit; it cannot be saved.</source>
        <translation>此选择在退出前有效，但无法保存。</translation>
    </message>
    <message>
        <source>Who gets these keys in exclusive mode. In an ordinary window the desktop takes its shortcuts first, and what stays here never reaches the machine.</source>
        <translation>独占模式下这些按键归谁使用。在普通窗口中，桌面会先处理自己的快捷键；留在本机的按键不会传给虚拟机。</translation>
    </message>
    <message>
        <source>This desktop gives a machine all of its shortcuts, or none.</source>
        <translation>此桌面要么把所有快捷键交给虚拟机，要么一个也不交。</translation>
    </message>
    <message>
        <source>In exclusive mode these keys all go to the machine, whatever is chosen here.</source>
        <translation>独占模式下，无论此处如何选择，这些按键都会传给虚拟机。</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Right Ctrl</source>
        <translation>右 Ctrl</translation>
    </message>
    <message>
        <source>Right Alt</source>
        <translation>右 Alt</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单键</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause 键</translation>
    </message>
    <message>
        <source>Scroll Lock</source>
        <translation>Scroll Lock</translation>
    </message>
</context>
<context>
    <name>LibraryPage</name>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Insert a disc</source>
        <translation>放入光盘</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索虚拟机</translation>
    </message>
    <message>
        <source>Search machines by name</source>
        <translation>按名称搜索虚拟机</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>New virtual machine</source>
        <translation>新建虚拟机</translation>
    </message>
    <message>
        <source>New virtual machine (Ctrl+N)</source>
        <translation>新建虚拟机 (Ctrl+N)</translation>
    </message>
    <message>
        <source>Other ways</source>
        <translation>其他方式</translation>
    </message>
    <message>
        <source>Virtual machines</source>
        <translation>虚拟机</translation>
    </message>
    <message>
        <source>PC mode is off</source>
        <translation>PC 模式未开启</translation>
    </message>
    <message>
        <source>Turn on</source>
        <translation>开启</translation>
    </message>
    <message>
        <source>Why?</source>
        <translation>为什么？</translation>
    </message>
    <message>
        <source>Create from ISO…</source>
        <translation>从 ISO 新建…</translation>
    </message>
    <message>
        <source>Import a disk or .ova…</source>
        <translation>导入磁盘或 .ova…</translation>
    </message>
    <message>
        <source>Disc images</source>
        <translation>光盘镜像</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
</context>
<context>
    <name>MachineMenu</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open in exclusive mode</source>
        <translation>以独占模式打开</translation>
    </message>
    <message>
        <source>Start without window</source>
        <translation>启动但不打开窗口</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Shut down</source>
        <translation>关机</translation>
    </message>
    <message>
        <source>Force off…</source>
        <translation>强制关机…</translation>
    </message>
    <message>
        <source>Insert disc…</source>
        <translation>放入光盘…</translation>
    </message>
    <message>
        <source>Eject disc</source>
        <translation>弹出光盘</translation>
    </message>
    <message>
        <source>Snapshots…</source>
        <translation>快照…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Duplicate…</source>
        <translation>复制…</translation>
    </message>
    <message>
        <source>Make the disk larger…</source>
        <translation>扩大磁盘…</translation>
    </message>
    <message>
        <source>Disks…</source>
        <translation>磁盘…</translation>
    </message>
    <message>
        <source>Keyboard…</source>
        <translation>键盘…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
</context>
<context>
    <name>MachineWindows</name>
    <message>
        <source>%1 could not start</source>
        <translation>无法启动 %1</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>The machines cannot be listed</source>
        <translation>无法列出虚拟机</translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>操作未成功</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Turn on</source>
        <translation>开启</translation>
    </message>
    <message>
        <source>Virtual machines</source>
        <translation>虚拟机</translation>
    </message>
    <message>
        <source>Tasks</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Tasks, %1 under way</source>
        <translation>任务，%1 个进行中</translation>
    </message>
    <message>
        <source>%1; nothing of it is left</source>
        <translation>%1，未留下任何文件</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Deleted “%1”</source>
        <translation>已删除“%1”</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Renamed to “%1”</source>
        <translation>已重命名为“%1”</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source> and %1 more</source>
        <translation>等另外 %1 台</translation>
    </message>
    <message>
        <source>Machines are still running.</source>
        <translation>仍有虚拟机在运行。</translation>
    </message>
    <message>
        <source>%1: they go on without this window, and are here when you come back.</source>
        <translation>%1：关闭此窗口后它们会继续运行，下次打开时仍在这里。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Shut down and quit</source>
        <translation>关机并退出</translation>
    </message>
    <message>
        <source>Keep running</source>
        <translation>保持运行</translation>
    </message>
</context>
<context>
    <name>NoteSheet</name>
    <message>
        <source>Edit note</source>
        <translation>编辑备注</translation>
    </message>
    <message>
        <source>Note of “%1”</source>
        <translation>“%1”的备注</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>At most %1 characters can be kept.</source>
        <translation>最多可保存 %1 个字符。</translation>
    </message>
</context>
<context>
    <name>NothingFound</name>
    <message>
        <source>No machine fits the search</source>
        <translation>没有符合搜索条件的虚拟机</translation>
    </message>
    <message>
        <source>Show all machines</source>
        <translation>显示所有虚拟机</translation>
    </message>
</context>
<context>
    <name>PcModeSheet</name>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Sensor</source>
        <translation>传感器</translation>
    </message>
    <message>
        <source>Follow the sensor</source>
        <translation>跟随传感器</translation>
    </message>
    <message>
        <source>Simulate: %1</source>
        <translation>模拟：%1</translation>
    </message>
    <message>
        <source>Posture now: %1 (%2)</source>
        <translation>当前形态：%1（%2）</translation>
    </message>
</context>
<context>
    <name>PermissionModel</name>
    <message>
        <source>Machine</source>
        <translation>虚拟机</translation>
    </message>
</context>
<context>
    <name>PermissionTable</name>
    <message>
        <source>What machines may use</source>
        <translation>虚拟机可使用的内容</translation>
    </message>
</context>
<context>
    <name>Privacy</name>
    <message>
        <source>Camera</source>
        <translation>摄像头</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>麦克风</translation>
    </message>
    <message>
        <source>Identification number</source>
        <translation>设备识别码</translation>
    </message>
    <message>
        <source>Clipboard</source>
        <translation>剪贴板</translation>
    </message>
    <message>
        <source>Shared folder</source>
        <translation>共享文件夹</translation>
    </message>
    <message>
        <source>USB device</source>
        <translation>USB 设备</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Let “%1” use the camera?</source>
        <translation>允许“%1”使用摄像头？</translation>
    </message>
    <message>
        <source>Let “%1” use the microphone?</source>
        <translation>允许“%1”使用麦克风？</translation>
    </message>
    <message>
        <source>Let “%1” read this computer&apos;s identification number?</source>
        <translation>允许“%1”读取本机识别码？</translation>
    </message>
    <message>
        <source>Let programs on this computer read its identification number?</source>
        <translation>允许本机上的程序读取本机识别码？</translation>
    </message>
    <message>
        <source>Let “%1” read this computer&apos;s clipboard?</source>
        <translation>允许“%1”读取本机剪贴板？</translation>
    </message>
    <message>
        <source>Let “%1” use this folder?</source>
        <translation>允许“%1”使用此文件夹？</translation>
    </message>
    <message>
        <source>Let “%1” use this USB device?</source>
        <translation>允许“%1”使用此 USB 设备？</translation>
    </message>
    <message>
        <source>Let “%1” ask for files of this computer?</source>
        <translation>允许“%1”请求本机文件？</translation>
    </message>
    <message>
        <source>Programs in this machine can then see through it while the machine runs.</source>
        <translation>允许后，虚拟机运行时其中的程序可以看到摄像头画面。</translation>
    </message>
    <message>
        <source>Programs in this machine can then listen while the machine runs.</source>
        <translation>允许后，虚拟机运行时其中的程序可以听到声音。</translation>
    </message>
    <message>
        <source>Whoever knows the number can recognise this computer, also later.</source>
        <translation>知道识别码的程序以后也能认出本机。</translation>
    </message>
    <message>
        <source>Programs in this machine can then read what you copy here, passwords too.</source>
        <translation>允许后，其中的程序可以读取在本机复制的内容，包括密码。</translation>
    </message>
    <message>
        <source>Programs in this machine can then read and change everything in it.</source>
        <translation>允许后，其中的程序可以读取和更改文件夹中的所有内容。</translation>
    </message>
    <message>
        <source>The machine can then read and change everything on it; meanwhile this computer cannot use it.</source>
        <translation>允许后，虚拟机可以读取和更改其中的所有内容，在此期间本机无法使用它。</translation>
    </message>
    <message>
        <source>Programs in this machine can then open files in the folders that are open to machines.</source>
        <translation>允许后，其中的程序可以打开已向虚拟机开放的文件夹中的文件。</translation>
    </message>
    <message>
        <source>Asked by a program that calls itself “%1”.</source>
        <translation>请求来自自称“%1”的程序。</translation>
    </message>
    <message>
        <source>Asked by a program that does not say its name.</source>
        <translation>请求来自未说明名称的程序。</translation>
    </message>
    <message>
        <source>Its reason: “%1”</source>
        <translation>它给出的理由：“%1”</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>本次不允许</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>询问</translation>
    </message>
    <message>
        <source>This time</source>
        <translation>仅此一次</translation>
    </message>
    <message>
        <source>Allowed</source>
        <translation>允许</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
</context>
<context>
    <name>PrivacyPage</name>
    <message>
        <source>The open files and folders cannot be listed</source>
        <translation>无法列出已开放的文件和文件夹</translation>
    </message>
    <message>
        <source>What machines may use</source>
        <translation>虚拟机可使用的内容</translation>
    </message>
    <message>
        <source>Asked when it is used for the first time.</source>
        <translation>首次使用时询问。</translation>
    </message>
    <message>
        <source>Forget all</source>
        <translation>全部清除</translation>
    </message>
    <message>
        <source>No virtual machines yet</source>
        <translation>还没有虚拟机</translation>
    </message>
    <message>
        <source>The answer for %1 could not be changed</source>
        <translation>无法更改 %1 的设置</translation>
    </message>
    <message>
        <source>Forget all answers?</source>
        <translation>清除所有回答？</translation>
    </message>
    <message>
        <source>What machines use now by these answers ends at once. They ask again at the next use.</source>
        <translation>虚拟机正在使用的相关内容会立即停止，下次使用时会重新询问。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Not everything could be forgotten</source>
        <translation>未能全部清除</translation>
    </message>
    <message>
        <source>Programs on this computer</source>
        <translation>本机上的程序</translation>
    </message>
    <message>
        <source>Programs that command Duplex VM may read this computer&apos;s number.</source>
        <translation>控制 Duplex VM 的程序可否读取本机识别码。</translation>
    </message>
    <message>
        <source>The answer could not be changed</source>
        <translation>无法更改设置</translation>
    </message>
    <message>
        <source>The permissions cannot be listed</source>
        <translation>无法列出权限</translation>
    </message>
    <message>
        <source>Files and folders open to machines</source>
        <translation>向虚拟机开放的文件和文件夹</translation>
    </message>
    <message>
        <source>What you choose in a dialog or drop here is open to machines from then.</source>
        <translation>在对话框中选择或拖放到这里的内容，此后向虚拟机开放。</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Not everything could be removed</source>
        <translation>未能全部移除</translation>
    </message>
    <message>
        <source>Removed “%1”</source>
        <translation>已移除“%1”</translation>
    </message>
    <message>
        <source>Removed %1 entries</source>
        <translation>已移除 %1 项</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Not everything could be taken back</source>
        <translation>未能全部恢复</translation>
    </message>
</context>
<context>
    <name>RecentSnapshots</name>
    <message>
        <source>Snapshots</source>
        <translation>快照</translation>
    </message>
    <message>
        <source>All snapshots</source>
        <translation>所有快照</translation>
    </message>
    <message>
        <source>Take snapshot</source>
        <translation>创建快照</translation>
    </message>
</context>
<context>
    <name>Recovery</name>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Repair…</source>
        <translation>修复…</translation>
    </message>
    <message>
        <source>Adopt</source>
        <translation>接管</translation>
    </message>
    <message>
        <source>Clean up…</source>
        <translation>清理…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Repair the disk of “%1”?</source>
        <translation>要修复“%1”的磁盘吗？</translation>
    </message>
    <message>
        <source>The disk is copied first, so that nothing can be lost by that; there has to be room for the copy. What cannot be saved is empty in the machine afterwards.</source>
        <translation>会先复制磁盘，因此不会丢失任何内容；需要有空间存放副本。无法挽救的部分之后在虚拟机中为空。</translation>
    </message>
    <message>
        <source>Copy and repair</source>
        <translation>复制并修复</translation>
    </message>
    <message>
        <source>%1 in the machine&apos;s folder is removed for good: %2.</source>
        <translation>虚拟机文件夹中的 %1 将被永久移除：%2。</translation>
    </message>
    <message>
        <source>Remove a file of “%1”?</source>
        <translation>要移除“%1”的一个文件吗？</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Clean up what is left of “%1”?</source>
        <translation>清理“%1”的残留吗？</translation>
    </message>
    <message>
        <source>The unfinished files of the work that was cut off are removed for good, and the work is not offered any more. Your own files stay as they are.</source>
        <translation>被中断的工作留下的未完成文件将被永久删除，且不再提示该工作。你自己的文件保持不变。</translation>
    </message>
    <message>
        <source>Clean up</source>
        <translation>清理</translation>
    </message>
    <message>
        <source>Move “%1” to the trash?</source>
        <translation>要将“%1”移至回收站吗？</translation>
    </message>
    <message>
        <source>It has settings, but no disk. The trash keeps it for a while.</source>
        <translation>它有设置，但没有磁盘。回收站会保留它一段时间。</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>移至回收站</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>RecoveryCard</name>
    <message>
        <source>and %1 more</source>
        <translation>还有 %1 项</translation>
    </message>
</context>
<context>
    <name>RenameSheet</name>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Rename “%1”</source>
        <translation>重命名“%1”</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>ResourcesPage</name>
    <message>
        <source>Use recommended</source>
        <translation>使用推荐值</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Recommended for %1: %2, %3, %4 disk</source>
        <translation>%1 推荐：%2、%3 内存、%4 磁盘</translation>
    </message>
    <message>
        <source>Takes all processors of this computer.</source>
        <translation>将占用本机的全部处理器。</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>共 %1</translation>
    </message>
    <message>
        <source>Leaves %1 for this computer.</source>
        <translation>本机仅剩 %1 内存。</translation>
    </message>
    <message>
        <source>Only %1 are free now.</source>
        <translation>当前仅剩 %1 可用。</translation>
    </message>
    <message>
        <source>grows as it fills, %1 free</source>
        <translation>按需增长，剩余 %1</translation>
    </message>
    <message>
        <source>%1 needs at least %2.</source>
        <translation>%1 至少需要 %2。</translation>
    </message>
</context>
<context>
    <name>ReviewPage</name>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>资源</translation>
    </message>
    <message>
        <source>Start now</source>
        <translation>立即启动</translation>
    </message>
    <message>
        <source>Open in exclusive mode</source>
        <translation>以独占模式打开</translation>
    </message>
    <message>
        <source>Empty disk</source>
        <translation>空磁盘</translation>
    </message>
    <message>
        <source>No disc inserted</source>
        <translation>未放入光盘</translation>
    </message>
    <message>
        <source>%1 disk, network: %2</source>
        <translation>%1 磁盘，网络：%2</translation>
    </message>
</context>
<context>
    <name>RowDelegate</name>
    <message>
        <source>Go back</source>
        <translation>恢复到此</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
</context>
<context>
    <name>SendKeys</name>
    <message>
        <source>Send %1</source>
        <translation>发送 %1</translation>
    </message>
    <message>
        <source>Type clipboard text</source>
        <translation>键入剪贴板文本</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>The machine needs a name.</source>
        <translation>虚拟机需要一个名称。</translation>
    </message>
    <message>
        <source>Type a name.</source>
        <translation>请输入名称。</translation>
    </message>
    <message>
        <source>The name has %1 characters; %2 are allowed.</source>
        <translation>名称有 %1 个字符，最多允许 %2 个。</translation>
    </message>
    <message>
        <source>Choose a shorter name.</source>
        <translation>请使用较短的名称。</translation>
    </message>
    <message>
        <source>Long work is under way, and would be cut off.</source>
        <translation>有耗时任务正在进行，会被中断。</translation>
    </message>
    <message>
        <source>Wait until it is done, or end it.</source>
        <translation>请等待其完成，或将其终止。</translation>
    </message>
    <message>
        <source>The name begins or ends with a blank.</source>
        <translation>名称的开头或结尾有空格。</translation>
    </message>
    <message>
        <source>Remove the blank.</source>
        <translation>请删除空格。</translation>
    </message>
    <message>
        <source>The name has a character that cannot be shown.</source>
        <translation>名称中有无法显示的字符。</translation>
    </message>
    <message>
        <source>Use letters, digits, signs and single blanks.</source>
        <translation>请使用文字、数字、符号和空格。</translation>
    </message>
    <message>
        <source>There is already a machine called “%1”.</source>
        <translation>已有名为“%1”的虚拟机。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请换一个名称。</translation>
    </message>
    <message>
        <source>There is no machine called “%1”.</source>
        <translation>没有名为“%1”的虚拟机。</translation>
    </message>
    <message>
        <source>Look at the list of machines.</source>
        <translation>请查看虚拟机列表。</translation>
    </message>
    <message>
        <source>%1 processors were asked for; this computer has %2.</source>
        <translation>请求了 %1 个处理器，而本机只有 %2 个。</translation>
    </message>
    <message>
        <source>Use %1 or fewer.</source>
        <translation>请使用 %1 个或更少。</translation>
    </message>
    <message>
        <source>Not enough free memory: needs %1, %2 are free.</source>
        <translation>可用内存不足：需要 %1，剩余 %2。</translation>
    </message>
    <message>
        <source>Close other programs or machines, or give this machine less memory.</source>
        <translation>请关闭其他程序或虚拟机，或为它分配较少的内存。</translation>
    </message>
    <message>
        <source>Not enough disk space in the machines folder: the disk may grow to %1, %2 are free.</source>
        <translation>虚拟机文件夹所在磁盘空间不足：磁盘最多会增长到 %1，剩余 %2。</translation>
    </message>
    <message>
        <source>Choose a smaller disk, or make room.</source>
        <translation>请选择较小的磁盘，或腾出空间。</translation>
    </message>
    <message>
        <source>Not enough disk space in the machines folder: %1 MiB are free.</source>
        <translation>虚拟机文件夹所在磁盘空间不足：剩余 %1 MiB。</translation>
    </message>
    <message>
        <source>Make room on that disk, then start again.</source>
        <translation>请在该磁盘上腾出空间，然后重新启动。</translation>
    </message>
    <message>
        <source>Not enough disk space in the machines folder.</source>
        <translation>虚拟机文件夹所在磁盘空间不足。</translation>
    </message>
    <message>
        <source>Make room on that disk.</source>
        <translation>请在该磁盘上腾出空间。</translation>
    </message>
    <message>
        <source>The disk of this computer is full: %1 MiB are free in %2.</source>
        <translation>本机磁盘已满：%2 中只剩 %1 MiB 可用空间。</translation>
    </message>
    <message>
        <source>Make room there, then resume the machine.</source>
        <translation>请在那里腾出空间，然后继续运行虚拟机。</translation>
    </message>
    <message>
        <source>Not enough disk space to go on: %1 MiB are free in %2, %3 MiB are needed.</source>
        <translation>磁盘空间不足，无法继续运行：%2 中只剩 %1 MiB，需要 %3 MiB。</translation>
    </message>
    <message>
        <source>Disk space gets short: %1 are free in %2. Machines are paused below %3 MiB.</source>
        <translation>磁盘空间即将用完：%2 中只剩 %1。低于 %3 MiB 时虚拟机会被暂停。</translation>
    </message>
    <message>
        <source>The machine could not be moved to the trash, which lies on another disk.</source>
        <translation>无法将虚拟机移入回收站，因为回收站位于另一个磁盘上。</translation>
    </message>
    <message>
        <source>Put %1 on the disk of the machines, then delete it again.</source>
        <translation>请将 %1 放到虚拟机所在的磁盘上，然后重新删除。</translation>
    </message>
    <message>
        <source>Hardware acceleration is off; machines will be slow.</source>
        <translation>硬件加速不可用，虚拟机会很慢。</translation>
    </message>
    <message>
        <source>Install a QEMU with KVM support.</source>
        <translation>请安装支持 KVM 的 QEMU。</translation>
    </message>
    <message>
        <source>Switch on virtualization (VT-x or AMD-V) in this computer&apos;s firmware.</source>
        <translation>请在本机固件设置中开启虚拟化 (VT-x 或 AMD-V)。</translation>
    </message>
    <message>
        <source>Your account may not use /dev/kvm. Add it to the group “kvm”, then log out and in again.</source>
        <translation>当前账户无权使用 /dev/kvm。请将其加入 kvm 组，然后重新登录。</translation>
    </message>
    <message>
        <source>KVM is there but guests do not run on it. If this computer is itself a virtual machine, nested virtualization has to be switched on outside.</source>
        <translation>KVM 存在，但虚拟机无法在其上运行。如果本机本身是虚拟机，需要在外部开启嵌套虚拟化。</translation>
    </message>
    <message>
        <source>The machine ended unexpectedly (code %1).</source>
        <translation>虚拟机意外退出（代码 %1）。</translation>
    </message>
    <message>
        <source>The machine ended unexpectedly.</source>
        <translation>虚拟机意外退出。</translation>
    </message>
    <message>
        <source>Start it again; its disk is as it was.</source>
        <translation>请重新启动；磁盘保持原样。</translation>
    </message>
    <message>
        <source>This is not possible while the machine is %1.</source>
        <translation>虚拟机当前状态 (%1) 下无法执行此操作。</translation>
    </message>
    <message>
        <source>Wait until the machine has reached another state.</source>
        <translation>请等待虚拟机进入其他状态。</translation>
    </message>
    <message>
        <source>The machine is off.</source>
        <translation>虚拟机已关机。</translation>
    </message>
    <message>
        <source>Start it first.</source>
        <translation>请先启动它。</translation>
    </message>
    <message>
        <source>This machine is already running.</source>
        <translation>此虚拟机已在运行。</translation>
    </message>
    <message>
        <source>Open it instead of starting it.</source>
        <translation>请直接打开它。</translation>
    </message>
    <message>
        <source>The machine runs, but cannot be reached.</source>
        <translation>虚拟机正在运行，但无法连接。</translation>
    </message>
    <message>
        <source>The machine runs, but does not answer.</source>
        <translation>虚拟机正在运行，但没有响应。</translation>
    </message>
    <message>
        <source>The machine runs, but its control files are missing.</source>
        <translation>虚拟机正在运行，但缺少控制文件。</translation>
    </message>
    <message>
        <source>Force it off, then start it again.</source>
        <translation>请强制关机，然后重新启动。</translation>
    </message>
    <message>
        <source>The disc can only be changed while the machine is off.</source>
        <translation>只能在关机时更换光盘。</translation>
    </message>
    <message>
        <source>Shut the machine down first.</source>
        <translation>请先将虚拟机关机。</translation>
    </message>
    <message>
        <source>The files of this machine are missing or damaged.</source>
        <translation>此虚拟机的文件缺失或已损坏。</translation>
    </message>
    <message>
        <source>A disk is missing: %1.</source>
        <translation>缺少磁盘文件：%1。</translation>
    </message>
    <message>
        <source>%1 is missing.</source>
        <translation>缺少 %1。</translation>
    </message>
    <message>
        <source>%1 cannot be read.</source>
        <translation>无法读取 %1。</translation>
    </message>
    <message>
        <source>Restore it from a backup.</source>
        <translation>请从备份中恢复。</translation>
    </message>
    <message>
        <source>Put the file back into the machine&apos;s folder.</source>
        <translation>请将文件放回虚拟机文件夹。</translation>
    </message>
    <message>
        <source>This is a copy of the machine in %1.</source>
        <translation>这是 %1 中虚拟机的副本。</translation>
    </message>
    <message>
        <source>Move one of the two folders out of the library.</source>
        <translation>请将其中一个文件夹移出虚拟机库。</translation>
    </message>
    <message>
        <source>The machine&apos;s firmware settings (vars.fd) are missing.</source>
        <translation>缺少虚拟机的固件设置 (vars.fd)。</translation>
    </message>
    <message>
        <source>not PC mode: PC mode is off.</source>
        <translation>PC 模式未开启。</translation>
    </message>
    <message>
        <source>not PC mode: The computer is used as a tablet.</source>
        <translation>本机正作为平板使用。</translation>
    </message>
    <message>
        <source>not PC mode: The computer is folded.</source>
        <translation>本机已合上。</translation>
    </message>
    <message>
        <source>not PC mode: PC mode is off. The computer is used as a tablet.</source>
        <translation>PC 模式未开启，且本机正作为平板使用。</translation>
    </message>
    <message>
        <source>not PC mode: PC mode is off. The computer is folded.</source>
        <translation>PC 模式未开启，且本机已合上。</translation>
    </message>
    <message>
        <source>not PC mode: PC mode is off while the computer is used as a tablet.</source>
        <translation>本机作为平板使用时，PC 模式会关闭。</translation>
    </message>
    <message>
        <source>not PC mode: PC mode is off while the computer is folded.</source>
        <translation>本机合上时，PC 模式会关闭。</translation>
    </message>
    <message>
        <source>Turn PC mode on, or make it automatic.</source>
        <translation>请开启 PC 模式，或设为自动。</translation>
    </message>
    <message>
        <source>Attach the keyboard, or put the computer on its stand.</source>
        <translation>请连接键盘，或将电脑立起。</translation>
    </message>
    <message>
        <source>Turn PC mode on, or make it automatic. Attach the keyboard, or put the computer on its stand.</source>
        <translation>请开启 PC 模式，或设为自动；并连接键盘，或将电脑立起。</translation>
    </message>
    <message>
        <source>No tablet sensor on this computer.</source>
        <translation>本机没有平板形态传感器。</translation>
    </message>
    <message>
        <source>The tablet sensor is gone.</source>
        <translation>平板形态传感器已断开。</translation>
    </message>
    <message>
        <source>Set the posture by hand, or restart Duplex VM when the sensor is back.</source>
        <translation>请手动设置形态，或在传感器恢复后重新启动 Duplex VM。</translation>
    </message>
    <message>
        <source>The tablet sensor is not readable by this account.</source>
        <translation>当前账户无权读取平板形态传感器。</translation>
    </message>
    <message>
        <source>Allow it until the next restart with “%1”, then start Duplex VM again; or set the posture by hand.</source>
        <translation>可用“%1”授权至下次重启，然后重新启动 Duplex VM；也可手动设置形态。</translation>
    </message>
    <message>
        <source>PC mode and posture cannot be stored.</source>
        <translation>无法保存 PC 模式和形态。</translation>
    </message>
    <message>
        <source>Look whether the folder is there and whether you may write to it.</source>
        <translation>请检查该文件夹是否存在，以及是否可写入。</translation>
    </message>
    <message>
        <source>The permissions cannot be written.</source>
        <translation>无法保存权限。</translation>
    </message>
    <message>
        <source>There are too many permissions in this library.</source>
        <translation>此虚拟机库中的权限过多。</translation>
    </message>
    <message>
        <source>Set some that are not needed any more to “ask”.</source>
        <translation>请将不再需要的权限设为“询问”。</translation>
    </message>
    <message>
        <source>A newer version of Duplex VM wrote the permissions of this library.</source>
        <translation>此虚拟机库的权限由更新版本的 Duplex VM 写入。</translation>
    </message>
    <message>
        <source>Update Duplex VM on this computer.</source>
        <translation>请更新本机上的 Duplex VM。</translation>
    </message>
    <message>
        <source>Invalid file path: %1 cannot be found.</source>
        <translation>找不到 %1。</translation>
    </message>
    <message>
        <source>Invalid file path: %1 may not be opened by you.</source>
        <translation>当前账户无权打开 %1。</translation>
    </message>
    <message>
        <source>Invalid file path: %1 may not be read by you.</source>
        <translation>当前账户无权读取 %1。</translation>
    </message>
    <message>
        <source>Invalid file path: %1 is neither a file nor a folder.</source>
        <translation>%1 既不是文件也不是文件夹。</translation>
    </message>
    <message>
        <source>Invalid file path: %1 is empty.</source>
        <translation>%1 是空文件。</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>请选择其他文件。</translation>
    </message>
    <message>
        <source>Too many files and folders are opened to machines.</source>
        <translation>开放给虚拟机的文件和文件夹过多。</translation>
    </message>
    <message>
        <source>Remove some, under Settings &gt; Privacy or with “duplex-vm grant”.</source>
        <translation>请在“设置 &gt; 隐私”中移除一些，或使用 duplex-vm grant。</translation>
    </message>
    <message>
        <source>share path is not authorized: %1 belongs to the system.</source>
        <translation>%1 属于系统，不能交给虚拟机。</translation>
    </message>
    <message>
        <source>share path is not authorized: %1 belongs to another person.</source>
        <translation>%1 属于其他用户，不能交给虚拟机。</translation>
    </message>
    <message>
        <source>share path is not authorized: %1 belongs to Duplex VM itself.</source>
        <translation>%1 属于 Duplex VM 本身，不能交给虚拟机。</translation>
    </message>
    <message>
        <source>share path is not authorized: %1 is where keys, passwords or a program&apos;s private data are kept.</source>
        <translation>%1 存有密钥、密码或程序的私有数据，不能交给虚拟机。</translation>
    </message>
    <message>
        <source>share path is private sandbox path: %1 belongs to a library of machines.</source>
        <translation>%1 属于虚拟机库，不能交给虚拟机。</translation>
    </message>
    <message>
        <source>Copy what the machine may have into a folder such as Downloads, and choose it there.</source>
        <translation>请将要交给虚拟机的内容复制到“下载”等文件夹，再从那里选择。</translation>
    </message>
    <message>
        <source>Choose a folder in it that holds only what the machine may have.</source>
        <translation>请选择其中只存放可交给虚拟机的内容的文件夹。</translation>
    </message>
    <message>
        <source>Export the machine&apos;s disk to another folder, and choose it there.</source>
        <translation>请将虚拟机磁盘导出到其他文件夹，再从那里选择。</translation>
    </message>
    <message>
        <source>What you have opened to machines cannot be remembered.</source>
        <translation>无法保存已向虚拟机开放的内容。</translation>
    </message>
    <message>
        <source>Load native module failed: QEMU is not installed.</source>
        <translation>未安装 QEMU。</translation>
    </message>
    <message>
        <source>Install qemu-system-x86 and qemu-utils with your package manager.</source>
        <translation>请用软件包管理器安装 qemu-system-x86 和 qemu-utils。</translation>
    </message>
    <message>
        <source>UEFI firmware is not installed.</source>
        <translation>未安装 UEFI 固件。</translation>
    </message>
    <message>
        <source>Install the package ovmf (or edk2-ovmf), or use BIOS.</source>
        <translation>请安装软件包 ovmf（或 edk2-ovmf），或使用 BIOS。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine does not answer.</source>
        <translation>虚拟机引擎没有响应。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine is gone.</source>
        <translation>虚拟机引擎已退出。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine ended at once (code %1): %2</source>
        <translation>虚拟机引擎启动后立即退出（代码 %1）：%2</translation>
    </message>
    <message>
        <source>Look at the details; the checkup may tell what is missing.</source>
        <translation>请查看详细信息；环境检查可能会指出缺少什么。</translation>
    </message>
    <message>
        <source>Another program is using this machine&apos;s disk.</source>
        <translation>另一个程序正在使用此虚拟机的磁盘。</translation>
    </message>
    <message>
        <source>Close that program, then start again.</source>
        <translation>请关闭该程序，然后重新启动。</translation>
    </message>
    <message>
        <source>There is not enough free memory for this machine.</source>
        <translation>可用内存不足以运行此虚拟机。</translation>
    </message>
    <message>
        <source>Close other programs or machines, or give it less memory.</source>
        <translation>请关闭其他程序或虚拟机，或为它分配较少的内存。</translation>
    </message>
    <message>
        <source>The file is not there.</source>
        <translation>文件不存在。</translation>
    </message>
    <message>
        <source>Choose the file again.</source>
        <translation>请重新选择文件。</translation>
    </message>
    <message>
        <source>You may not read this file.</source>
        <translation>当前账户无权读取此文件。</translation>
    </message>
    <message>
        <source>Change its permissions, or copy it into a folder of your own.</source>
        <translation>请更改其权限，或复制到自己的文件夹。</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>无法读取此文件。</translation>
    </message>
    <message>
        <source>Try to copy it to another place first.</source>
        <translation>请先尝试复制到其他位置。</translation>
    </message>
    <message>
        <source>This is a folder, not a file.</source>
        <translation>这是文件夹，不是文件。</translation>
    </message>
    <message>
        <source>This is a drive, not a file.</source>
        <translation>这是驱动器，不是文件。</translation>
    </message>
    <message>
        <source>This is a pipe, not a file.</source>
        <translation>这是管道，不是文件。</translation>
    </message>
    <message>
        <source>Copy the disc into an .iso file first, then choose that file.</source>
        <translation>请先将光盘复制为 .iso 文件，再选择该文件。</translation>
    </message>
    <message>
        <source>Choose the .iso file of the system that you want to install.</source>
        <translation>请选择要安装的系统的 .iso 文件。</translation>
    </message>
    <message>
        <source>The file does not answer: its drive or network share is too slow.</source>
        <translation>文件没有响应：所在驱动器或网络共享太慢。</translation>
    </message>
    <message>
        <source>Copy it to a local disk, then choose the copy.</source>
        <translation>请复制到本地磁盘，再选择副本。</translation>
    </message>
    <message>
        <source>What it kept is gone from the machine&apos;s disks.</source>
        <translation>快照内容已不在虚拟机的磁盘中。</translation>
    </message>
    <message>
        <source>Only some of the machine&apos;s disks have it.</source>
        <translation>只有部分磁盘含有此快照。</translation>
    </message>
    <message>
        <source>The machine has got another disk since: take that out first.</source>
        <translation>虚拟机后来又添加了磁盘：请先将其移除。</translation>
    </message>
    <message>
        <source>A disk has several of this name.</source>
        <translation>某个磁盘中有多个同名快照。</translation>
    </message>
    <message>
        <source>A snapshot cannot have this name.</source>
        <translation>快照不能使用此名称。</translation>
    </message>
    <message>
        <source>Use 1 to %1 characters that can be shown, without a blank at either end.</source>
        <translation>请使用 1 至 %1 个可显示的字符，首尾不留空格。</translation>
    </message>
    <message>
        <source>A note can have at most %1 characters.</source>
        <translation>备注最多 %1 个字符。</translation>
    </message>
    <message>
        <source>Write a shorter note.</source>
        <translation>请缩短备注。</translation>
    </message>
    <message>
        <source>The note has a character that cannot be shown.</source>
        <translation>备注中有无法显示的字符。</translation>
    </message>
    <message>
        <source>Take it out of the note.</source>
        <translation>请从备注中删除它。</translation>
    </message>
    <message>
        <source>There is no room in the list for more than %1 snapshots.</source>
        <translation>快照列表最多容纳 %1 个快照。</translation>
    </message>
    <message>
        <source>Delete snapshots that nobody needs.</source>
        <translation>请删除不再需要的快照。</translation>
    </message>
    <message>
        <source>What belongs to the snapshot cannot be written.</source>
        <translation>无法写入快照的附属文件。</translation>
    </message>
    <message>
        <source>The snapshot cannot be made.</source>
        <translation>无法创建快照。</translation>
    </message>
    <message>
        <source>The snapshot cannot be made. The disk is full.</source>
        <translation>无法创建快照：磁盘已满。</translation>
    </message>
    <message>
        <source>Make the snapshot when the machine is off.</source>
        <translation>请在虚拟机关机后创建快照。</translation>
    </message>
    <message>
        <source>The snapshot cannot be deleted.</source>
        <translation>无法删除快照。</translation>
    </message>
    <message>
        <source>The machine&apos;s disks do not have this snapshot.</source>
        <translation>虚拟机的磁盘中没有此快照。</translation>
    </message>
    <message>
        <source>The machine cannot go back to this snapshot.</source>
        <translation>虚拟机无法恢复到此快照。</translation>
    </message>
    <message>
        <source>The machine could not be taken back to the snapshot.</source>
        <translation>未能将虚拟机恢复到此快照。</translation>
    </message>
    <message>
        <source>Force it off. Its disks may be those of the snapshot.</source>
        <translation>请强制关机。其磁盘可能已是快照中的状态。</translation>
    </message>
    <message>
        <source>This snapshot is of the disks alone.</source>
        <translation>此快照只包含磁盘。</translation>
    </message>
    <message>
        <source>Switch the machine off, then go back to it.</source>
        <translation>请先将虚拟机关机，再恢复到此快照。</translation>
    </message>
    <message>
        <source>The machine&apos;s disk is being copied or changed already.</source>
        <translation>虚拟机的磁盘正在被复制或更改。</translation>
    </message>
    <message>
        <source>Wait until that is done.</source>
        <translation>请等待其完成。</translation>
    </message>
    <message>
        <source>An NVMe disk cannot be kept with the machine&apos;s memory.</source>
        <translation>NVMe 磁盘无法与虚拟机内存一起保存。</translation>
    </message>
    <message>
        <source>A shared folder cannot be kept with the machine&apos;s memory.</source>
        <translation>共享文件夹无法与虚拟机内存一起保存。</translation>
    </message>
    <message>
        <source>The guest uses a shared folder, which cannot be kept with its memory.</source>
        <translation>虚拟机正在使用共享文件夹，无法与内存一起保存。</translation>
    </message>
    <message>
        <source>The guest&apos;s channels cannot be kept with the machine&apos;s memory.</source>
        <translation>虚拟机的通信通道无法与内存一起保存。</translation>
    </message>
    <message>
        <source>3D graphics cannot be kept with the machine&apos;s memory.</source>
        <translation>3D 图形无法与虚拟机内存一起保存。</translation>
    </message>
    <message>
        <source>This processor&apos;s clock cannot be kept with the machine&apos;s memory.</source>
        <translation>此处理器的时钟无法与虚拟机内存一起保存。</translation>
    </message>
    <message>
        <source>A USB device of this machine cannot be kept with its memory.</source>
        <translation>虚拟机的 USB 设备无法与内存一起保存。</translation>
    </message>
    <message>
        <source>A device of this machine cannot be kept with its memory.</source>
        <translation>虚拟机的某个设备无法与内存一起保存。</translation>
    </message>
    <message>
        <source>Not enough disk space in the machines folder: the snapshot may take %1, %2 are free.</source>
        <translation>虚拟机文件夹所在磁盘空间不足：快照可能需要 %1，剩余 %2。</translation>
    </message>
    <message>
        <source>Make room, delete a snapshot, or shut the machine down first.</source>
        <translation>请腾出空间、删除一个快照，或先将虚拟机关机。</translation>
    </message>
    <message>
        <source>Detach it first, or shut the machine down: then its disks are kept.</source>
        <translation>请先断开它，或将虚拟机关机：此时仅保存磁盘。</translation>
    </message>
    <message>
        <source>This takes the disks back, which is possible while the machine is off only.</source>
        <translation>这会恢复磁盘，只有在虚拟机关机时才能进行。</translation>
    </message>
    <message>
        <source>Shut the machine down, or force it off, then go back.</source>
        <translation>请先将虚拟机关机或强制关机，再恢复。</translation>
    </message>
    <message>
        <source>Choose another snapshot, or delete this one.</source>
        <translation>请选择其他快照，或删除此快照。</translation>
    </message>
    <message>
        <source>The snapshot&apos;s memory was kept with %1, but machines run with %2 now.</source>
        <translation>快照的内存是用 %1 保存的，而虚拟机现在使用 %2 运行。</translation>
    </message>
    <message>
        <source>Go back to its disks only, with the machine off.</source>
        <translation>请在虚拟机关机时仅恢复磁盘。</translation>
    </message>
    <message>
        <source>The machine has other hardware now than the snapshot&apos;s memory knows.</source>
        <translation>虚拟机现在的硬件与快照内存中的不同。</translation>
    </message>
    <message>
        <source>Shut the machine down, then go back; or to its disks only.</source>
        <translation>请先将虚拟机关机再恢复，或仅恢复磁盘。</translation>
    </message>
    <message>
        <source>Only snapshots that were made here can be changed.</source>
        <translation>只能更改在此处创建的快照。</translation>
    </message>
    <message>
        <source>It stays as the disk has it.</source>
        <translation>它将保持磁盘中的原样。</translation>
    </message>
    <message>
        <source>“%1” is locked.</source>
        <translation>“%1”已锁定。</translation>
    </message>
    <message>
        <source>Unlock the snapshot first.</source>
        <translation>请先解锁该快照。</translation>
    </message>
    <message>
        <source>The machine was going back to a snapshot, and nobody can tell which: its disks may be of different moments.</source>
        <translation>虚拟机曾在恢复快照，但无法得知是哪一个：各磁盘可能处于不同时刻。</translation>
    </message>
    <message>
        <source>Go back to a snapshot: that gives all disks the same moment.</source>
        <translation>请恢复到某个快照：这会使所有磁盘处于同一时刻。</translation>
    </message>
    <message>
        <source>“%1” has no such snapshot.</source>
        <translation>“%1”没有此快照。</translation>
    </message>
    <message>
        <source>Look at the list of its snapshots.</source>
        <translation>请查看其快照列表。</translation>
    </message>
    <message>
        <source>The memory of the snapshot could not be loaded: the machine is off, with its disks.</source>
        <translation>无法载入快照的内存：虚拟机已关机，磁盘已恢复到快照。</translation>
    </message>
    <message>
        <source>Start it.</source>
        <translation>请启动它。</translation>
    </message>
    <message>
        <source>The way back to the snapshot cannot be written down.</source>
        <translation>无法记录恢复步骤。</translation>
    </message>
    <message>
        <source>The disk&apos;s snapshots cannot be read.</source>
        <translation>无法读取磁盘中的快照。</translation>
    </message>
    <message>
        <source>It was cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>Start it again when you like.</source>
        <translation>需要时可重新开始。</translation>
    </message>
    <message>
        <source>There is no such task.</source>
        <translation>没有这个任务。</translation>
    </message>
    <message>
        <source>Look at the list of tasks.</source>
        <translation>请查看任务列表。</translation>
    </message>
    <message>
        <source>Something went wrong inside.</source>
        <translation>程序内部出错。</translation>
    </message>
    <message>
        <source>The trash does not hold this machine.</source>
        <translation>回收站中没有这台虚拟机。</translation>
    </message>
    <message>
        <source>Look at the list of the trash.</source>
        <translation>请查看回收站列表。</translation>
    </message>
    <message>
        <source>%1 cannot be emptied: an older one of that name is in the way.</source>
        <translation>无法清除 %1：有同名的旧项目挡在那里。</translation>
    </message>
    <message>
        <source>Look what is in %1.</source>
        <translation>请查看 %1 中的内容。</translation>
    </message>
    <message>
        <source>The trash cannot be emptied.</source>
        <translation>无法清空回收站。</translation>
    </message>
    <message>
        <source>The trash cannot be read.</source>
        <translation>无法读取回收站。</translation>
    </message>
    <message>
        <source>This machine is in the library already.</source>
        <translation>这台虚拟机已在库中。</translation>
    </message>
    <message>
        <source>The machine cannot be taken out of the trash.</source>
        <translation>无法从回收站取出虚拟机。</translation>
    </message>
    <message>
        <source>The machine could not be moved to the trash.</source>
        <translation>无法将虚拟机移至回收站。</translation>
    </message>
    <message>
        <source>The disk is larger now, but the partitions in the machine are as large as before.</source>
        <translation>磁盘已变大，但虚拟机内的分区仍与之前一样大。</translation>
    </message>
    <message>
        <source>In the machine, look with “lsblk” which partition of /dev/%1 is the last one; here that is number 2.</source>
        <translation>在虚拟机中用“lsblk”查看 /dev/%1 的最后一个分区是哪一个；下面以 2 号分区为例。</translation>
    </message>
    <message>
        <source>Let it grow: “sudo growpart /dev/%1 2”.</source>
        <translation>扩大该分区：“sudo growpart /dev/%1 2”。</translation>
    </message>
    <message>
        <source>Then let its file system grow: “sudo resize2fs /dev/%1” for ext4, “sudo xfs_growfs /” for XFS, “sudo btrfs filesystem resize max /” for Btrfs.</source>
        <translation>然后扩大其文件系统：ext4 用“sudo resize2fs /dev/%1”，XFS 用“sudo xfs_growfs /”，Btrfs 用“sudo btrfs filesystem resize max /”。</translation>
    </message>
    <message>
        <source>With LVM the second step is “sudo pvresize /dev/%1” and then “sudo lvextend -r -l +100%FREE” with the path of the logical volume.</source>
        <translation>使用 LVM 时，第二步改为“sudo pvresize /dev/%1”，再对逻辑卷的路径执行“sudo lvextend -r -l +100%FREE”。</translation>
    </message>
    <message>
        <source>In the machine, run “diskmgmt.msc”, right-click the last volume of the disk and choose “Extend Volume”.</source>
        <translation>在虚拟机中运行“diskmgmt.msc”，右键单击该磁盘的最后一个卷，选择“扩展卷”。</translation>
    </message>
    <message>
        <source>When that cannot be chosen, another partition lies between the volume and the free space; it has to be moved or deleted first.</source>
        <translation>如果无法选择，说明该卷与可用空间之间还有其他分区，需要先移动或删除它。</translation>
    </message>
    <message>
        <source>Windows XP cannot extend the volume that it starts from: use a partition editor that starts from a disc, or add another disk to the machine.</source>
        <translation>Windows XP 无法扩展其启动所在的卷：请使用可从光盘启动的分区工具，或为虚拟机再添加一块磁盘。</translation>
    </message>
    <message>
        <source>In the machine, run “gpart recover %1” and look with “gpart show %2” which partition is the last one; here that is number 3.</source>
        <translation>在虚拟机中运行“gpart recover %1”，再用“gpart show %2”查看最后一个分区是哪一个；下面以 3 号分区为例。</translation>
    </message>
    <message>
        <source>Let it grow: “gpart resize -i 3 %1”.</source>
        <translation>扩大该分区：“gpart resize -i 3 %1”。</translation>
    </message>
    <message>
        <source>Then let its file system grow: “growfs /” for UFS, “zpool online -e zroot %1” for ZFS.</source>
        <translation>然后扩大其文件系统：UFS 用“growfs /”，ZFS 用“zpool online -e zroot %1”。</translation>
    </message>
    <message>
        <source>Let them grow with the tools of the system in the machine, or with a partition editor that starts from a disc.</source>
        <translation>请用虚拟机内系统自带的工具扩大分区，或使用可从光盘启动的分区工具。</translation>
    </message>
    <message>
        <source>The machine has no disk called “%1”.</source>
        <translation>虚拟机没有名为“%1”的磁盘。</translation>
    </message>
    <message>
        <source>Look at the list of its disks.</source>
        <translation>请查看其磁盘列表。</translation>
    </message>
    <message>
        <source>The disk could not be added.</source>
        <translation>无法添加磁盘。</translation>
    </message>
    <message>
        <source>The machine&apos;s folder keeps no disk called “%1”.</source>
        <translation>虚拟机的文件夹中没有保留名为“%1”的磁盘。</translation>
    </message>
    <message>
        <source>The system disk cannot be taken out.</source>
        <translation>系统磁盘不能移除。</translation>
    </message>
    <message>
        <source>Import another image into the machine to exchange it.</source>
        <translation>如需更换，请将另一个映像导入该虚拟机。</translation>
    </message>
    <message>
        <source>The machine&apos;s snapshots need this disk.</source>
        <translation>该虚拟机的快照需要这块磁盘。</translation>
    </message>
    <message>
        <source>Delete the snapshots first, or leave the disk in the machine.</source>
        <translation>请先删除快照，或保留这块磁盘。</translation>
    </message>
    <message>
        <source>A machine can have %1 disks at most.</source>
        <translation>一台虚拟机最多可有 %1 块磁盘。</translation>
    </message>
    <message>
        <source>Take another disk off first.</source>
        <translation>请先移除另一块磁盘。</translation>
    </message>
    <message>
        <source>The disk could not be compacted; it is as it was.</source>
        <translation>无法压缩磁盘；磁盘保持原样。</translation>
    </message>
    <message>
        <source>The disk holds snapshots, which compacting would lose.</source>
        <translation>磁盘中含有快照，压缩会丢失它们。</translation>
    </message>
    <message>
        <source>Delete the machine&apos;s snapshots first, or leave the disk as it is.</source>
        <translation>请先删除该虚拟机的快照，或让磁盘保持原样。</translation>
    </message>
    <message>
        <source>The disk was changed by somebody else while it was compacted; it is as they left it.</source>
        <translation>压缩期间磁盘被其他程序修改；磁盘保持其修改后的状态。</translation>
    </message>
    <message>
        <source>Look who uses the file, then try again.</source>
        <translation>请查看谁在使用该文件，然后重试。</translation>
    </message>
    <message>
        <source>%1 is smaller than %2 MiB.</source>
        <translation>%1 小于 %2 MiB。</translation>
    </message>
    <message>
        <source>GetVmDiskImageFileSize failed: %1 cannot be looked at.</source>
        <translation>无法查看 %1。</translation>
    </message>
    <message>
        <source>Look whether the machine&apos;s folder is there and may be read.</source>
        <translation>请检查虚拟机的文件夹是否存在且可读取。</translation>
    </message>
    <message>
        <source>The machine&apos;s disks cannot be listed.</source>
        <translation>无法列出虚拟机的磁盘。</translation>
    </message>
    <message>
        <source>Either the size of a new disk is needed, or the file of one that is kept.</source>
        <translation>需要指定新磁盘的大小，或已保留磁盘的文件。</translation>
    </message>
    <message>
        <source>Give one of the two.</source>
        <translation>请指定其中之一。</translation>
    </message>
    <message>
        <source>A disk has %1 MiB or more.</source>
        <translation>磁盘至少为 %1 MiB。</translation>
    </message>
    <message>
        <source>Choose a larger size.</source>
        <translation>请选择更大的大小。</translation>
    </message>
    <message>
        <source>Say which disk.</source>
        <translation>请指明是哪块磁盘。</translation>
    </message>
    <message>
        <source>The machine&apos;s files cannot be copied.</source>
        <translation>无法复制虚拟机的文件。</translation>
    </message>
    <message>
        <source>The machine&apos;s files cannot be made.</source>
        <translation>无法创建虚拟机的文件。</translation>
    </message>
    <message>
        <source>The disk has %1 already; disks only grow.</source>
        <translation>磁盘已有 %1；磁盘只能扩大。</translation>
    </message>
    <message>
        <source>Not enough disk space in the machines folder: the disk may grow by %1, %2 are free.</source>
        <translation>虚拟机文件夹中的磁盘空间不足：磁盘可能增大 %1，可用 %2。</translation>
    </message>
    <message>
        <source>Choose a smaller size.</source>
        <translation>请选择更小的大小。</translation>
    </message>
    <message>
        <source>Choose a smaller size, or make room.</source>
        <translation>请选择更小的大小，或腾出空间。</translation>
    </message>
    <message>
        <source>Choose %1 MiB or more.</source>
        <translation>请选择 %1 MiB 或更大。</translation>
    </message>
    <message>
        <source>The disk could not grow.</source>
        <translation>无法扩大磁盘。</translation>
    </message>
    <message>
        <source>The disk could not grow. The disk is full.</source>
        <translation>无法扩大磁盘。磁盘已满。</translation>
    </message>
    <message>
        <source>The disk could not be added. The disk is full.</source>
        <translation>无法添加磁盘。磁盘已满。</translation>
    </message>
    <message>
        <source>The disk could not be compacted; it is as it was. The disk is full.</source>
        <translation>无法压缩磁盘；磁盘保持原样。磁盘已满。</translation>
    </message>
    <message>
        <source>The disk is larger already; disks only grow.</source>
        <translation>磁盘已更大；磁盘只能扩大。</translation>
    </message>
    <message>
        <source>qemu-img is not installed.</source>
        <translation>未安装 qemu-img。</translation>
    </message>
    <message>
        <source>Install qemu-utils with your package manager.</source>
        <translation>请用软件包管理器安装 qemu-utils。</translation>
    </message>
    <message>
        <source>qemu-img cannot be started: %1.</source>
        <translation>无法启动 qemu-img：%1。</translation>
    </message>
    <message>
        <source>The machine&apos;s disk could not be copied.</source>
        <translation>无法复制虚拟机的磁盘。</translation>
    </message>
    <message>
        <source>The machine&apos;s disk could not be copied. The disk is full.</source>
        <translation>无法复制虚拟机的磁盘。磁盘已满。</translation>
    </message>
    <message>
        <source>The copy of the machine&apos;s disk was ended from elsewhere.</source>
        <translation>虚拟机磁盘的复制被其他程序终止。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine was lost while its disk was being copied.</source>
        <translation>复制磁盘期间失去了虚拟机的引擎。</translation>
    </message>
    <message>
        <source>Export it again; nothing of this copy is left.</source>
        <translation>请重新导出；这次的副本没有留下任何内容。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine does not have this disk.</source>
        <translation>虚拟机的引擎没有这块磁盘。</translation>
    </message>
    <message>
        <source>A snapshot of the machine, or a copy of its disk, is under way.</source>
        <translation>正在创建虚拟机的快照或复制其磁盘。</translation>
    </message>
    <message>
        <source>The machine was not taken back to its snapshot as a whole and cannot go on.</source>
        <translation>虚拟机未能完整回到快照，无法继续运行。</translation>
    </message>
    <message>
        <source>Force it off, then go back to the snapshot again.</source>
        <translation>请强制关闭，然后重新回到该快照。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine was lost while a snapshot was under way.</source>
        <translation>处理快照期间失去了虚拟机的引擎。</translation>
    </message>
    <message>
        <source>The snapshot was ended from elsewhere.</source>
        <translation>快照被其他程序终止。</translation>
    </message>
    <message>
        <source>The machine could not be taken back to the snapshot. The disk is full.</source>
        <translation>无法将虚拟机恢复到快照。磁盘已满。</translation>
    </message>
    <message>
        <source>The snapshot cannot be deleted. The disk is full.</source>
        <translation>无法删除快照。磁盘已满。</translation>
    </message>
    <message>
        <source>A snapshot has a time or a size below nothing.</source>
        <translation>有快照的时间或大小为负。</translation>
    </message>
    <message>
        <source>Two snapshots have the same id.</source>
        <translation>有两个快照使用同一标识。</translation>
    </message>
    <message>
        <source>The firmware&apos;s settings cannot be put back.</source>
        <translation>无法恢复固件设置。</translation>
    </message>
    <message>
        <source>%1 is not a folder.</source>
        <translation>%1 不是文件夹。</translation>
    </message>
    <message>
        <source>Move %1 out of the way.</source>
        <translation>请将 %1 移到别处。</translation>
    </message>
    <message>
        <source>A snapshot cannot have this tag.</source>
        <translation>快照不能使用此标签。</translation>
    </message>
    <message>
        <source>The list of snapshots cannot be written.</source>
        <translation>无法写入快照列表。</translation>
    </message>
    <message>
        <source>The machine cannot go back to this snapshot. %1</source>
        <translation>虚拟机无法回到此快照。%1</translation>
    </message>
    <message>
        <source>Export the disk, and look at the copy with a tool for the rescue of data.</source>
        <translation>请导出磁盘，并用数据恢复工具检查副本。</translation>
    </message>
    <message>
        <source>The files of the disk do not fit into that folder: its disk would be full.</source>
        <translation>该文件夹放不下磁盘中的文件：其所在磁盘会被写满。</translation>
    </message>
    <message>
        <source>The files cannot be copied.</source>
        <translation>无法复制文件。</translation>
    </message>
    <message>
        <source>%1 has a form that files cannot be copied out of.</source>
        <translation>无法从 %1 这种形式的磁盘中复制文件。</translation>
    </message>
    <message>
        <source>Compact the disk first (“duplex-vm disk compact”): that writes it in the usual form.</source>
        <translation>请先压缩磁盘（“duplex-vm disk compact”）：这会将其写成通常的形式。</translation>
    </message>
    <message>
        <source>It claims to hold more than five million files.</source>
        <translation>它声称含有超过五百万个文件。</translation>
    </message>
    <message>
        <source>There is no file system on the disk that files can be copied out of: %1.</source>
        <translation>磁盘上没有可从中复制文件的文件系统：%1。</translation>
    </message>
    <message>
        <source>There is no file system on the disk that files can be copied out of.</source>
        <translation>磁盘上没有可从中复制文件的文件系统。</translation>
    </message>
    <message>
        <source>There is no disk in this folder that a machine can have.</source>
        <translation>此文件夹中没有虚拟机可用的磁盘。</translation>
    </message>
    <message>
        <source>Look what is in the folder.</source>
        <translation>请查看文件夹中的内容。</translation>
    </message>
    <message>
        <source>The machine&apos;s settings cannot be written.</source>
        <translation>无法写入虚拟机的设置。</translation>
    </message>
    <message>
        <source>Repair it: the disk is copied first, so that nothing can be lost by that.</source>
        <translation>请修复：会先复制磁盘，因此不会丢失任何内容。</translation>
    </message>
    <message>
        <source>The disk %1 could not be looked through.</source>
        <translation>无法检查磁盘 %1。</translation>
    </message>
    <message>
        <source>The disk %1 could not be looked through. The disk is full.</source>
        <translation>无法检查磁盘 %1。磁盘已满。</translation>
    </message>
    <message>
        <source>The disk %1 is damaged.</source>
        <translation>磁盘 %1 已损坏。</translation>
    </message>
    <message>
        <source>The disk %1 is damaged in one place.</source>
        <translation>磁盘 %1 有一处损坏。</translation>
    </message>
    <message>
        <source>The disk %1 is damaged in %2 places.</source>
        <translation>磁盘 %1 有 %2 处损坏。</translation>
    </message>
    <message>
        <source>The disk %1 is damaged: the disk tools cannot read its structure.</source>
        <translation>磁盘 %1 已损坏：磁盘工具无法读取其结构。</translation>
    </message>
    <message>
        <source>Another program uses the disk %1.</source>
        <translation>另一个程序正在使用磁盘 %1。</translation>
    </message>
    <message>
        <source>End that program, then try again.</source>
        <translation>请结束该程序，然后重试。</translation>
    </message>
    <message>
        <source>Its last run had no clean end; its disks are looked through before the next.</source>
        <translation>上次运行没有正常结束；下次启动前会检查其磁盘。</translation>
    </message>
    <message>
        <source>There are disks, but no settings that can be read: %1</source>
        <translation>有磁盘，但没有可读取的设置：%1</translation>
    </message>
    <message>
        <source>The disk cannot be copied before its repair; nothing was changed.</source>
        <translation>修复前无法复制磁盘；没有更改任何内容。</translation>
    </message>
    <message>
        <source>The machine&apos;s folder cannot be written.</source>
        <translation>无法写入虚拟机的文件夹。</translation>
    </message>
    <message>
        <source>Check it without a time limit: “duplex-vm recover check”.</source>
        <translation>请不限时检查：“duplex-vm recover check”。</translation>
    </message>
    <message>
        <source>Of work that was cut off; it is of no use.</source>
        <translation>未完成的工作留下的文件，已无用处。</translation>
    </message>
    <message>
        <source>A disk that no machine uses, such as one that was replaced by an import.</source>
        <translation>没有虚拟机使用的磁盘，例如导入时被替换的磁盘。</translation>
    </message>
    <message>
        <source>The copy of a disk from before its repair.</source>
        <translation>磁盘修复前的副本。</translation>
    </message>
    <message>
        <source>Its disks are whole.</source>
        <translation>磁盘完好。</translation>
    </message>
    <message>
        <source>Its disks are whole. Space that nothing used was won back: %1 clusters.</source>
        <translation>磁盘完好。已收回未使用的空间：%1 个簇。</translation>
    </message>
    <message>
        <source>Its disks are whole. Space that nothing used was won back: %1 clusters. %2 unfinished files were removed.</source>
        <translation>磁盘完好。已收回未使用的空间：%1 个簇。已移除 %2 个未完成的文件。</translation>
    </message>
    <message>
        <source>Its disks are whole. %1 unfinished files were removed.</source>
        <translation>磁盘完好。已移除 %1 个未完成的文件。</translation>
    </message>
    <message>
        <source>Its disks are whole; nothing had to be repaired.</source>
        <translation>磁盘完好，无需修复。</translation>
    </message>
    <message>
        <source>It was repaired. The disk from before is kept as %1.</source>
        <translation>已修复。之前的磁盘保留为 %1。</translation>
    </message>
    <message>
        <source>It is a machine of its own now, called “%1”.</source>
        <translation>它现在是独立的虚拟机，名为“%1”。</translation>
    </message>
    <message>
        <source>%1 files were removed; %2 MiB are free again.</source>
        <translation>已移除 %1 个文件；释放了 %2 MiB。</translation>
    </message>
    <message>
        <source>It is in the trash.</source>
        <translation>它在回收站中。</translation>
    </message>
    <message>
        <source>The copy does not end.</source>
        <translation>复制无法结束。</translation>
    </message>
    <message>
        <source>An unfinished file cannot be removed.</source>
        <translation>无法移除未完成的文件。</translation>
    </message>
    <message>
        <source>A file cannot be removed.</source>
        <translation>无法移除文件。</translation>
    </message>
    <message>
        <source>The machine is not off.</source>
        <translation>虚拟机没有关闭。</translation>
    </message>
    <message>
        <source>Shut it down first.</source>
        <translation>请先将其关闭。</translation>
    </message>
    <message>
        <source>A file can be named for a clean-up only.</source>
        <translation>只有清理时才能指定文件。</translation>
    </message>
    <message>
        <source>%1 It could not be repaired any further.</source>
        <translation>%1无法进一步修复。</translation>
    </message>
    <message>
        <source>Its copy from before the repair is %1, in the machine&apos;s folder. Go back to a backup or an export.</source>
        <translation>修复前的副本是虚拟机文件夹中的 %1。请使用备份或导出的副本。</translation>
    </message>
    <message>
        <source>The machine has no settings that can be used.</source>
        <translation>虚拟机没有可用的设置。</translation>
    </message>
    <message>
        <source>This machine has settings of its own already.</source>
        <translation>这台虚拟机已有自己的设置。</translation>
    </message>
    <message>
        <source>%1 is in use, or none of this program&apos;s files.</source>
        <translation>%1 正在使用，或不是本程序的文件。</translation>
    </message>
    <message>
        <source>Look at the list of what was found.</source>
        <translation>请查看发现结果列表。</translation>
    </message>
    <message>
        <source>Its disks hold a snapshot that was made elsewhere: %1.</source>
        <translation>其磁盘中有一个在别处创建的快照：%1。</translation>
    </message>
    <message>
        <source>The snapshot is gone from the machine&apos;s disks.</source>
        <translation>快照已从虚拟机的磁盘中移除。</translation>
    </message>
    <message>
        <source>The import of %1 was cut off.</source>
        <translation>导入 %1 的工作被中断。</translation>
    </message>
    <message>
        <source>The export to %1 was cut off.</source>
        <translation>导出到 %1 的工作被中断。</translation>
    </message>
    <message>
        <source>Compacting the disk %1 was cut off.</source>
        <translation>压缩磁盘 %1 的工作被中断。</translation>
    </message>
    <message>
        <source>The growth of the disk %1 was cut off.</source>
        <translation>扩容磁盘 %1 的工作被中断。</translation>
    </message>
    <message>
        <source>Duplicating it to “%1” was cut off.</source>
        <translation>复制为“%1”的工作被中断。</translation>
    </message>
    <message>
        <source>Work on %1 was cut off.</source>
        <translation>%1 的工作被中断。</translation>
    </message>
    <message>
        <source>%1 It cannot go on: %2</source>
        <translation>%1 无法继续：%2</translation>
    </message>
    <message>
        <source>The machine is not in the library any more.</source>
        <translation>虚拟机已不在库中。</translation>
    </message>
    <message>
        <source>Clean up what is left of the work.</source>
        <translation>请清理该工作的残留。</translation>
    </message>
    <message>
        <source>%1 is another than it was when the work began.</source>
        <translation>%1 与工作开始时不同了。</translation>
    </message>
    <message>
        <source>Clean up what is left of the work, then start it anew.</source>
        <translation>请清理该工作的残留，然后重新开始。</translation>
    </message>
    <message>
        <source>%1 cannot be looked at.</source>
        <translation>无法查看 %1。</translation>
    </message>
    <message>
        <source>Look whether it is there and may be read.</source>
        <translation>请检查它是否存在且可读。</translation>
    </message>
    <message>
        <source>A converter of the work that was cut off is still at its files.</source>
        <translation>被中断的工作的转换程序仍在处理其文件。</translation>
    </message>
    <message>
        <source>Try again when it has ended.</source>
        <translation>请在它结束后重试。</translation>
    </message>
    <message>
        <source>The machine is just changing its state.</source>
        <translation>虚拟机正在切换状态。</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>请稍后重试。</translation>
    </message>
    <message>
        <source>No work on this machine was cut off.</source>
        <translation>这台虚拟机没有被中断的工作。</translation>
    </message>
    <message>
        <source>Several pieces of work on this machine were cut off.</source>
        <translation>这台虚拟机有多项工作被中断。</translation>
    </message>
    <message>
        <source>Name the file of the one to continue.</source>
        <translation>请指明要继续的那项工作的文件。</translation>
    </message>
    <message>
        <source>This kind of work cannot be continued.</source>
        <translation>这类工作无法继续。</translation>
    </message>
    <message>
        <source>The records of tasks cannot be read.</source>
        <translation>无法读取任务记录。</translation>
    </message>
    <message>
        <source>The record of a task cannot be removed.</source>
        <translation>无法删除任务记录。</translation>
    </message>
    <message>
        <source>The work cannot be written down.</source>
        <translation>无法记录该工作。</translation>
    </message>
    <message>
        <source>The work that was cut off is done.</source>
        <translation>被中断的工作已完成。</translation>
    </message>
    <message>
        <source>This machine&apos;s kind of disk cannot be added while it runs.</source>
        <translation>这台虚拟机运行时不能添加此类磁盘。</translation>
    </message>
    <message>
        <source>In the machine, look with “lsblk” which partition of %1 is the last one; here that is number 2.</source>
        <translation>在虚拟机中用“lsblk”查看 %1 的最后一个分区是哪个；此处以 2 号为例。</translation>
    </message>
    <message>
        <source>Let it grow: “%1”.</source>
        <translation>扩展它：“%1”。</translation>
    </message>
    <message>
        <source>Then let its file system grow: “%1” for ext4, “%2” for XFS, “%3” for Btrfs.</source>
        <translation>然后扩展其文件系统：ext4 用“%1”，XFS 用“%2”，Btrfs 用“%3”。</translation>
    </message>
    <message>
        <source>With LVM the second step is “%1” and then “%2” with the path of the logical volume.</source>
        <translation>使用 LVM 时，第二步是“%1”，然后用“%2”并加上逻辑卷的路径。</translation>
    </message>
    <message>
        <source>In the machine, run “%1” and look with “%2” which partition is the last one; here that is number 3.</source>
        <translation>在虚拟机中运行“%1”，并用“%2”查看最后一个分区是哪个；此处以 3 号为例。</translation>
    </message>
    <message>
        <source>Then let its file system grow: “%1” for UFS, “%2” for ZFS.</source>
        <translation>然后扩展其文件系统：UFS 用“%1”，ZFS 用“%2”。</translation>
    </message>
    <message>
        <source>A disk can have at most %1.</source>
        <translation>磁盘最大为 %1。</translation>
    </message>
    <message>
        <source>Choose another size, or none for that of the image.</source>
        <translation>请选择其他大小，或不指定大小以沿用映像的大小。</translation>
    </message>
    <message>
        <source>An image that keeps its snapshots is taken as it is now.</source>
        <translation>保留快照的映像只能按当前状态导入。</translation>
    </message>
    <message>
        <source>Import it without a time, or without its snapshots.</source>
        <translation>请不指定时间，或不带快照导入。</translation>
    </message>
    <message>
        <source>The file holds a whole machine, and cannot become the disk of one.</source>
        <translation>该文件包含整台虚拟机，不能作为某台虚拟机的磁盘。</translation>
    </message>
    <message>
        <source>Import it under a name that no machine has yet.</source>
        <translation>请用尚未使用的名称导入。</translation>
    </message>
    <message>
        <source>A whole machine is taken as it is, with disks of their size and without snapshots.</source>
        <translation>整台虚拟机只能按原样导入：磁盘大小不变，不含快照。</translation>
    </message>
    <message>
        <source>Import it without these wishes; its disks can grow afterwards.</source>
        <translation>请去掉这些选项后导入；之后可以再扩大磁盘。</translation>
    </message>
    <message>
        <source>A packed disk whose size is not told cannot be imported.</source>
        <translation>无法导入未注明大小的压缩磁盘。</translation>
    </message>
    <message>
        <source>Export the machine again without packing its disks.</source>
        <translation>请重新导出该虚拟机，不要压缩磁盘。</translation>
    </message>
    <message>
        <source>%1 is not complete: %2 is missing.</source>
        <translation>%1 不完整：缺少 %2。</translation>
    </message>
    <message>
        <source>Copy or download all of its files again.</source>
        <translation>请重新复制或下载它的所有文件。</translation>
    </message>
    <message>
        <source>The path of %1 is not UTF-8.</source>
        <translation>%1 的路径不是 UTF-8 编码。</translation>
    </message>
    <message>
        <source>Rename it.</source>
        <translation>请将其重命名。</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2.</source>
        <translation>无法读取 %1：%2。</translation>
    </message>
    <message>
        <source>Look whether it is still there and whether you may read it.</source>
        <translation>请检查它是否还在，以及你是否有权读取。</translation>
    </message>
    <message>
        <source>%1 was changed while it was imported.</source>
        <translation>%1 在导入期间被更改。</translation>
    </message>
    <message>
        <source>%1 was exchanged while it was imported.</source>
        <translation>%1 在导入期间被替换。</translation>
    </message>
    <message>
        <source>%1 went away while it was imported.</source>
        <translation>%1 在导入期间消失。</translation>
    </message>
    <message>
        <source>Import it again.</source>
        <translation>请重新导入。</translation>
    </message>
    <message>
        <source>Close the programs that use it, then import it again.</source>
        <translation>请关闭正在使用它的程序，然后重新导入。</translation>
    </message>
    <message>
        <source>%1 has no digest of %2.</source>
        <translation>%1 中没有 %2 的摘要。</translation>
    </message>
    <message>
        <source>Use another copy, or remove the manifest to import without a check.</source>
        <translation>请使用其他副本，或移除清单以跳过校验导入。</translation>
    </message>
    <message>
        <source>%1 has digests of a kind that is not known here: %2.</source>
        <translation>%1 中的摘要类型未知：%2。</translation>
    </message>
    <message>
        <source>Export the machine again where it came from, with SHA256.</source>
        <translation>请在原处用 SHA256 重新导出该虚拟机。</translation>
    </message>
    <message>
        <source>%1 is damaged: it is not what its manifest says.</source>
        <translation>%1 已损坏：与清单不符。</translation>
    </message>
    <message>
        <source>Copy or download it again.</source>
        <translation>请重新复制或下载。</translation>
    </message>
    <message>
        <source>%1 is not a tar archive, or is damaged inside.</source>
        <translation>%1 不是 tar 归档，或内部已损坏。</translation>
    </message>
    <message>
        <source>%1 holds %2; only plain files belong into it.</source>
        <translation>%1 中含有%2；其中只应有普通文件。</translation>
    </message>
    <message>
        <source>%1 holds a file with a name that leads elsewhere: %2</source>
        <translation>%1 中有文件名指向别处：%2</translation>
    </message>
    <message>
        <source>Export the machine again where it came from.</source>
        <translation>请在原处重新导出该虚拟机。</translation>
    </message>
    <message>
        <source>%1 is not a machine&apos;s description in OVF 1 or 2.</source>
        <translation>%1 不是 OVF 1 或 2 的虚拟机描述。</translation>
    </message>
    <message>
        <source>%1 describes %2 machines; only one can be imported at a time.</source>
        <translation>%1 描述了 %2 台虚拟机；一次只能导入一台。</translation>
    </message>
    <message>
        <source>Export the machines one by one where they came from.</source>
        <translation>请在原处逐台导出虚拟机。</translation>
    </message>
    <message>
        <source>%1 has a file that is cut into pieces, which cannot be read.</source>
        <translation>%1 中有被分割的文件，无法读取。</translation>
    </message>
    <message>
        <source>Export the machine again without cutting it into pieces.</source>
        <translation>请重新导出该虚拟机，不要分割文件。</translation>
    </message>
    <message>
        <source>%1 has a file that is packed with %2.</source>
        <translation>%1 中有用 %2 压缩的文件。</translation>
    </message>
    <message>
        <source>Export the machine again, packed with gzip or not at all.</source>
        <translation>请重新导出该虚拟机，用 gzip 压缩或不压缩。</translation>
    </message>
    <message>
        <source>%1 refers to a file that does not lie beside it: %2</source>
        <translation>%1 引用的文件不在同一文件夹中：%2</translation>
    </message>
    <message>
        <source>Put all files of the machine into one folder, or export it again.</source>
        <translation>请将该虚拟机的所有文件放在同一文件夹中，或重新导出。</translation>
    </message>
    <message>
        <source>%1 wants %2 processors; a machine can have 1 to %3.</source>
        <translation>%1 需要 %2 个处理器；一台虚拟机可有 1 至 %3 个。</translation>
    </message>
    <message>
        <source>Give it fewer where it came from, and export it again.</source>
        <translation>请在原处减少处理器数，然后重新导出。</translation>
    </message>
    <message>
        <source>%1 has a disk that is stored as the difference to another one.</source>
        <translation>%1 中有以差异方式存储的磁盘。</translation>
    </message>
    <message>
        <source>Remove the machine&apos;s snapshots where it came from, and export it again.</source>
        <translation>请在原处删除该虚拟机的快照，然后重新导出。</translation>
    </message>
    <message>
        <source>%1 has %2 disks; a machine here can have %3.</source>
        <translation>%1 有 %2 块磁盘；一台虚拟机最多可有 %3 块。</translation>
    </message>
    <message>
        <source>Take disks off where it came from, and export it again.</source>
        <translation>请在原处移除部分磁盘，然后重新导出。</translation>
    </message>
    <message>
        <source>%1 gives a number of %2 that no machine can have.</source>
        <translation>%1 中%2的数量超出虚拟机的范围。</translation>
    </message>
    <message>
        <source>%1 wants %2 bytes of memory, which no machine can have.</source>
        <translation>%1 需要 %2 字节内存，没有虚拟机能有这么多。</translation>
    </message>
    <message>
        <source>Change it where it came from, and export it again.</source>
        <translation>请在原处修改，然后重新导出。</translation>
    </message>
    <message>
        <source>%1 has a document type or entities, which a machine&apos;s description has not.</source>
        <translation>%1 含有文档类型或实体，虚拟机描述中不应有这些。</translation>
    </message>
    <message>
        <source>Use another copy of it; this one may be made to do harm.</source>
        <translation>请使用其他副本；这一份可能是恶意制作的。</translation>
    </message>
    <message>
        <source>%1 is damaged: it is not XML.</source>
        <translation>%1 已损坏：不是 XML。</translation>
    </message>
    <message>
        <source>%1 cannot be unpacked.</source>
        <translation>无法解压 %1。</translation>
    </message>
    <message>
        <source>The unpacked image has no room on this disk.</source>
        <translation>此磁盘没有空间存放解压后的映像。</translation>
    </message>
    <message>
        <source>Make room there.</source>
        <translation>请在那里腾出空间。</translation>
    </message>
    <message>
        <source>%1 could not be looked through within %2 s.</source>
        <translation>未能在 %2 秒内检查完 %1。</translation>
    </message>
    <message>
        <source>Copy it to a faster disk, then try again.</source>
        <translation>请将其复制到更快的磁盘，然后重试。</translation>
    </message>
    <message>
        <source>%1 does not stand alone: it leads to another file.</source>
        <translation>%1 不是独立映像：它引用了另一个文件。</translation>
    </message>
    <message>
        <source>%1 does not stand alone: it has a backing file.</source>
        <translation>%1 不是独立映像：它有后备文件。</translation>
    </message>
    <message>
        <source>%1 does not stand alone: its data lies in another file.</source>
        <translation>%1 不是独立映像：数据在另一个文件中。</translation>
    </message>
    <message>
        <source>Convert it where it came from into an image that holds its own data.</source>
        <translation>请在原处将其转换为自含数据的映像。</translation>
    </message>
    <message>
        <source>Convert it where it came from into an image without encryption.</source>
        <translation>请在原处将其转换为未加密的映像。</translation>
    </message>
    <message>
        <source>Convert it where it came from into an image without them.</source>
        <translation>请在原处将其转换为不含这些特性的映像。</translation>
    </message>
    <message>
        <source>Convert it where it came from into a qcow2 image.</source>
        <translation>请在原处将其转换为 qcow2 映像。</translation>
    </message>
    <message>
        <source>Merge the two where it came from (qemu-img rebase -b &apos;&apos;), and take the result.</source>
        <translation>请在原处将两者合并（qemu-img rebase -b &apos;&apos;），然后使用合并结果。</translation>
    </message>
    <message>
        <source>%1 is marked as corrupt.</source>
        <translation>%1 已被标记为损坏。</translation>
    </message>
    <message>
        <source>Repair a copy of it with “qemu-img check -r all”, and take that.</source>
        <translation>请用“qemu-img check -r all”修复其副本，然后使用该副本。</translation>
    </message>
    <message>
        <source>Repair a copy of it with “qemu-img check -r all”, or use another copy.</source>
        <translation>请用“qemu-img check -r all”修复其副本，或使用其他副本。</translation>
    </message>
    <message>
        <source>%1 needs features of qcow2 that are not known here.</source>
        <translation>%1 需要未知的 qcow2 特性。</translation>
    </message>
    <message>
        <source>%1 is damaged or cut off: the disk tools find errors in it.</source>
        <translation>%1 已损坏或不完整：磁盘工具发现错误。</translation>
    </message>
    <message>
        <source>%1 is in use by another program.</source>
        <translation>%1 正被其他程序使用。</translation>
    </message>
    <message>
        <source>Shut the machine down that it belongs to, then try again.</source>
        <translation>请关闭使用它的虚拟机，然后重试。</translation>
    </message>
    <message>
        <source>%1 was not closed properly by the program that wrote it.</source>
        <translation>写入 %1 的程序没有正常关闭它。</translation>
    </message>
    <message>
        <source>Attach it in Windows or Hyper-V once and detach it, then take it.</source>
        <translation>请在 Windows 或 Hyper-V 中挂载一次再卸下，然后使用。</translation>
    </message>
    <message>
        <source>Decrypt it where it came from.</source>
        <translation>请在原处解密。</translation>
    </message>
    <message>
        <source>Decrypt it where it came from, or import it as a raw disk all the same.</source>
        <translation>请在原处解密，或仍按原始磁盘导入。</translation>
    </message>
    <message>
        <source>Use another copy of it.</source>
        <translation>请使用其他副本。</translation>
    </message>
    <message>
        <source>%1 is %2, not a disk image.</source>
        <translation>%1 是%2，不是磁盘映像。</translation>
    </message>
    <message>
        <source>Unpack it, and choose the disk image inside.</source>
        <translation>请解压，然后选择其中的磁盘映像。</translation>
    </message>
    <message>
        <source>%1 is %2, by a name that is not one of a disk image.</source>
        <translation>%1 是%2，但名称不是磁盘映像的名称。</translation>
    </message>
    <message>
        <source>Rename it so that it ends in .qcow2, .vmdk, .vdi, .vhd, .vhdx or .img.</source>
        <translation>请将其重命名，以 .qcow2、.vmdk、.vdi、.vhd、.vhdx 或 .img 结尾。</translation>
    </message>
    <message>
        <source>%1 is not a %2 image, or its beginning or end is missing.</source>
        <translation>%1 不是 %2 映像，或缺少开头或结尾。</translation>
    </message>
    <message>
        <source>Copy or download it again, or rename it to .img if it is a raw disk.</source>
        <translation>请重新复制或下载；如果是原始磁盘，请重命名为 .img。</translation>
    </message>
    <message>
        <source>%1 is %2, not a %3 disk.</source>
        <translation>%1 是%2，不是 %3 磁盘。</translation>
    </message>
    <message>
        <source>%1 is %2, not a %3 one.</source>
        <translation>%1 是%2，不是 %3 映像。</translation>
    </message>
    <message>
        <source>Rename it so that it ends in .%1, if that is what you were given.</source>
        <translation>如果确实是这种映像，请将其重命名，以 .%1 结尾。</translation>
    </message>
    <message>
        <source>Rename it so that it ends in .%1.</source>
        <translation>请将其重命名，以 .%1 结尾。</translation>
    </message>
    <message>
        <source>%1 has its data in other files of the archive.</source>
        <translation>%1 的数据在归档的其他文件中。</translation>
    </message>
    <message>
        <source>Unpack the archive, and import the unpacked image.</source>
        <translation>请解压归档，然后导入解压后的映像。</translation>
    </message>
    <message>
        <source>%1 was changed while it was looked at.</source>
        <translation>%1 在检查期间被更改。</translation>
    </message>
    <message>
        <source>Close the programs that use it, then try again.</source>
        <translation>请关闭正在使用它的程序，然后重试。</translation>
    </message>
    <message>
        <source>%1 does not look like a disk: it has no partitions and no file system.</source>
        <translation>%1 不像磁盘：没有分区，也没有文件系统。</translation>
    </message>
    <message>
        <source>Choose another file, or import this one as a raw disk all the same.</source>
        <translation>请选择其他文件，或仍将其按原始磁盘导入。</translation>
    </message>
    <message>
        <source>%1 is not complete: the file %2 is missing.</source>
        <translation>%1 不完整：缺少文件 %2。</translation>
    </message>
    <message>
        <source>Put all files of the image into one folder.</source>
        <translation>请将映像的所有文件放在同一文件夹中。</translation>
    </message>
    <message>
        <source>%1 is a link to another file.</source>
        <translation>%1 是指向另一个文件的链接。</translation>
    </message>
    <message>
        <source>Choose the file that it leads to.</source>
        <translation>请选择它指向的文件。</translation>
    </message>
    <message>
        <source>%1 is %2, not a file.</source>
        <translation>%1 是%2，不是文件。</translation>
    </message>
    <message>
        <source>Choose a disk image.</source>
        <translation>请选择磁盘映像。</translation>
    </message>
    <message>
        <source>%1 is a differencing image: it needs another image beneath it.</source>
        <translation>%1 是差异映像：它还需要另一个映像。</translation>
    </message>
    <message>
        <source>Clone the disk in VirtualBox as one whole disk, and take that.</source>
        <translation>请在 VirtualBox 中将磁盘克隆为一个完整的磁盘，然后使用它。</translation>
    </message>
    <message>
        <source>Merge it with its parent disk where it came from, and take the result.</source>
        <translation>请在原处将其与父磁盘合并，然后使用合并结果。</translation>
    </message>
    <message>
        <source>Merge it with its parent disk in Hyper-V, and take the result.</source>
        <translation>请在 Hyper-V 中将其与父磁盘合并，然后使用合并结果。</translation>
    </message>
    <message>
        <source>Export the machine where it came from as one whole disk, and take that.</source>
        <translation>请在原处将虚拟机导出为一个完整的磁盘，然后使用它。</translation>
    </message>
    <message>
        <source>Take the encryption away where it came from.</source>
        <translation>请在原处取消加密。</translation>
    </message>
    <message>
        <source>%1 has a part of the kind %2, which cannot be read.</source>
        <translation>%1 中有 %2 类型的部分，无法读取。</translation>
    </message>
    <message>
        <source>%1 has a part that may not be written, which cannot be read here.</source>
        <translation>%1 中有只读的部分，无法在此读取。</translation>
    </message>
    <message>
        <source>%1 leads to a file outside of its own folder.</source>
        <translation>%1 引用了其所在文件夹之外的文件。</translation>
    </message>
    <message>
        <source>Do not use this image, unless you know why it does so.</source>
        <translation>除非清楚原因，否则请勿使用此映像。</translation>
    </message>
    <message>
        <source>%1 is cut off: its end is missing.</source>
        <translation>%1 不完整：缺少结尾。</translation>
    </message>
    <message>
        <source>Copy or download it again, and compare its size with the original&apos;s.</source>
        <translation>请重新复制或下载，并与原文件比较大小。</translation>
    </message>
    <message>
        <source>The imported disk cannot be read.</source>
        <translation>无法读取导入的磁盘。</translation>
    </message>
    <message>
        <source>The disk image could not be imported.</source>
        <translation>无法导入磁盘映像。</translation>
    </message>
    <message>
        <source>The disk image could not be imported. %1.</source>
        <translation>无法导入磁盘映像。%1。</translation>
    </message>
    <message>
        <source>The disk image could not be imported. The disk is full.</source>
        <translation>无法导入磁盘映像。磁盘已满。</translation>
    </message>
    <message>
        <source>The snapshots in this image cannot be kept.</source>
        <translation>无法保留此映像中的快照。</translation>
    </message>
    <message>
        <source>Import it without them, or convert it to a qcow2 file of version 3 first.</source>
        <translation>请不带快照导入，或先将其转换为 qcow2 版本 3 的文件。</translation>
    </message>
    <message>
        <source>The image has no snapshot from that time or before.</source>
        <translation>映像中没有该时间或更早的快照。</translation>
    </message>
    <message>
        <source>Choose a later time, or import the disk as it is now.</source>
        <translation>请选择更晚的时间，或按当前状态导入磁盘。</translation>
    </message>
    <message>
        <source>The image has %1; disks only grow.</source>
        <translation>映像有 %1；磁盘只能扩大。</translation>
    </message>
    <message>
        <source>The imported disk could not grow.</source>
        <translation>无法扩大导入的磁盘。</translation>
    </message>
    <message>
        <source>The imported disk could not grow. The disk is full.</source>
        <translation>无法扩大导入的磁盘。磁盘已满。</translation>
    </message>
    <message>
        <source>The imported disk is not whole.</source>
        <translation>导入的磁盘不完整。</translation>
    </message>
    <message>
        <source>Snapshots can be exported while the machine is off only.</source>
        <translation>只有在虚拟机关闭时才能导出快照。</translation>
    </message>
    <message>
        <source>Shut it down first, or export the disk as it is now.</source>
        <translation>请先将其关闭，或按当前状态导出磁盘。</translation>
    </message>
    <message>
        <source>A machine with several disks can be exported as a whole while it is off only.</source>
        <translation>有多块磁盘的虚拟机只有在关闭时才能整体导出。</translation>
    </message>
    <message>
        <source>Shut it down first, or export its system disk alone.</source>
        <translation>请先将其关闭，或只导出系统磁盘。</translation>
    </message>
    <message>
        <source>The copy cannot be written.</source>
        <translation>无法写入副本。</translation>
    </message>
    <message>
        <source>The disk could not be exported.</source>
        <translation>无法导出磁盘。</translation>
    </message>
    <message>
        <source>The disk could not be exported. The disk is full.</source>
        <translation>无法导出磁盘。磁盘已满。</translation>
    </message>
    <message>
        <source>The disk could not be exported. %1.</source>
        <translation>无法导出磁盘。%1。</translation>
    </message>
    <message>
        <source>Images in the format %1 cannot be compressed.</source>
        <translation>%1 格式的映像不能压缩。</translation>
    </message>
    <message>
        <source>Export without compression, or as qcow2, vmdk or ova.</source>
        <translation>请不压缩导出，或导出为 qcow2、vmdk 或 ova。</translation>
    </message>
    <message>
        <source>An exported disk keeps its size.</source>
        <translation>导出的磁盘大小不变。</translation>
    </message>
    <message>
        <source>Let the machine&apos;s disk grow instead.</source>
        <translation>请改为扩大该虚拟机的磁盘。</translation>
    </message>
    <message>
        <source>snapshotTime is before 1970.</source>
        <translation>snapshotTime 早于 1970 年。</translation>
    </message>
    <message>
        <source>The disk has no snapshot from that time or before.</source>
        <translation>磁盘没有该时间或更早的快照。</translation>
    </message>
    <message>
        <source>Choose a later time, or export the disk as it is now.</source>
        <translation>请选择更晚的时间，或按当前状态导出磁盘。</translation>
    </message>
    <message>
        <source>Not enough disk space in %1: the copy needs %2, %3 more than are free.</source>
        <translation>%1 中的磁盘空间不足：副本需要 %2，还差 %3。</translation>
    </message>
    <message>
        <source>Make room there, or choose another place.</source>
        <translation>请在那里腾出空间，或选择其他位置。</translation>
    </message>
    <message>
        <source>The new image is not whole.</source>
        <translation>新映像不完整。</translation>
    </message>
    <message>
        <source>The %1 stands for no format that can be written.</source>
        <translation>%1不对应任何可写入的格式。</translation>
    </message>
    <message>
        <source>Use one of %1.</source>
        <translation>请使用以下之一：%1。</translation>
    </message>
    <message>
        <source>Images in the format %1 cannot hold snapshots.</source>
        <translation>%1 格式的映像不能包含快照。</translation>
    </message>
    <message>
        <source>Export as qcow2, or without the snapshots.</source>
        <translation>请导出为 qcow2，或不含快照导出。</translation>
    </message>
    <message>
        <source>An image that keeps its snapshots is copied as it is.</source>
        <translation>保留快照的映像只能按原样复制。</translation>
    </message>
    <message>
        <source>Export it without compression and without a time.</source>
        <translation>请不压缩且不指定时间导出。</translation>
    </message>
    <message>
        <source>%1 is there already.</source>
        <translation>%1 已存在。</translation>
    </message>
    <message>
        <source>Choose another name, or remove that file.</source>
        <translation>请选择其他名称，或移除该文件。</translation>
    </message>
    <message>
        <source>%1 is damaged: %2.</source>
        <translation>%1 已损坏：%2。</translation>
    </message>
    <message>
        <source>%1 is encrypted.</source>
        <translation>%1 已加密。</translation>
    </message>
    <message>
        <source>%1 is not a file.</source>
        <translation>%1 不是文件。</translation>
    </message>
    <message>
        <source>%1 is empty.</source>
        <translation>%1 是空的。</translation>
    </message>
    <message>
        <source>it says that %1 has %2 bytes, but there are %3</source>
        <translation>它称 %1 有 %2 字节，实际有 %3 字节</translation>
    </message>
    <message>
        <source>it holds %1 descriptions of a machine, not one</source>
        <translation>其中有 %1 份虚拟机描述，而不是一份</translation>
    </message>
    <message>
        <source>it holds %1 lists of digests</source>
        <translation>其中有 %1 份摘要清单</translation>
    </message>
    <message>
        <source>it is too large for what it should be</source>
        <translation>对其用途而言过大</translation>
    </message>
    <message>
        <source>%1 in it is too large</source>
        <translation>其中的 %1 过大</translation>
    </message>
    <message>
        <source>it says that its disk has a size of 0</source>
        <translation>它称磁盘大小为 0</translation>
    </message>
    <message>
        <source>it says that its disk is larger than 64 TiB</source>
        <translation>它称磁盘大于 64 TiB</translation>
    </message>
    <message>
        <source>the disk tools find another format in it</source>
        <translation>磁盘工具发现其为另一种格式</translation>
    </message>
    <message>
        <source>its headers contradict each other about its size</source>
        <translation>文件头中的大小互相矛盾</translation>
    </message>
    <message>
        <source>it is marked as corrupt</source>
        <translation>它被标记为损坏</translation>
    </message>
    <message>
        <source>it names itself as the file with its data</source>
        <translation>它将自身列为数据文件</translation>
    </message>
    <message>
        <source>it is not a part of a VMDK image</source>
        <translation>它不是 VMDK 映像的一部分</translation>
    </message>
    <message>
        <source>its size is not the one that the descriptor gives</source>
        <translation>其大小与描述符不符</translation>
    </message>
    <message>
        <source>it is too large for a list of digests</source>
        <translation>作为摘要清单过大</translation>
    </message>
    <message>
        <source>it is not a text</source>
        <translation>它不是文本</translation>
    </message>
    <message>
        <source>it lists too many files</source>
        <translation>它列出的文件过多</translation>
    </message>
    <message>
        <source>a line in it is no digest of a file</source>
        <translation>其中有一行不是文件摘要</translation>
    </message>
    <message>
        <source>a digest in it is too short or too long</source>
        <translation>其中有摘要过短或过长</translation>
    </message>
    <message>
        <source>it attaches a disk that it does not describe</source>
        <translation>它连接了未描述的磁盘</translation>
    </message>
    <message>
        <source>it does not say what hardware the machine has</source>
        <translation>它没有说明虚拟机的硬件</translation>
    </message>
    <message>
        <source>it describes no machine</source>
        <translation>它没有描述虚拟机</translation>
    </message>
    <message>
        <source>the machine in it has no disk</source>
        <translation>其中的虚拟机没有磁盘</translation>
    </message>
    <message>
        <source>it refers to more than %1 files</source>
        <translation>它引用的文件超过 %1 个</translation>
    </message>
    <message>
        <source>it has two files with one id</source>
        <translation>其中有两个文件使用同一标识</translation>
    </message>
    <message>
        <source>it has two disks with one id</source>
        <translation>其中有两块磁盘使用同一标识</translation>
    </message>
    <message>
        <source>a disk in it refers to a file that it does not list</source>
        <translation>其中有磁盘引用了未列出的文件</translation>
    </message>
    <message>
        <source>it attaches one disk twice</source>
        <translation>它将同一磁盘连接了两次</translation>
    </message>
    <message>
        <source>it gives no number of %1</source>
        <translation>它没有给出%1的数量</translation>
    </message>
    <message>
        <source>it counts in a unit that is not known: %1</source>
        <translation>它使用了未知的单位：%1</translation>
    </message>
    <message>
        <source>it is larger than 1 MiB</source>
        <translation>它大于 1 MiB</translation>
    </message>
    <message>
        <source>it has more elements than any machine</source>
        <translation>其中的元素过多</translation>
    </message>
    <message>
        <source>its elements are too deep inside each other</source>
        <translation>其中的元素嵌套过深</translation>
    </message>
    <message>
        <source>something follows the end of the stream</source>
        <translation>数据流结尾之后还有内容</translation>
    </message>
    <message>
        <source>what is packed in it is larger than it may be</source>
        <translation>其中压缩的内容过大</translation>
    </message>
    <message>
        <source>its header is not one of a qcow2 image of version 2 or 3</source>
        <translation>文件头不是 qcow2 版本 2 或 3 的文件头</translation>
    </message>
    <message>
        <source>the size of its clusters cannot be</source>
        <translation>簇大小无效</translation>
    </message>
    <message>
        <source>its tables are larger than they can be</source>
        <translation>其中的表过大</translation>
    </message>
    <message>
        <source>it says that it holds more than %1 snapshots</source>
        <translation>它称含有超过 %1 个快照</translation>
    </message>
    <message>
        <source>its header has a length or a layout that cannot be</source>
        <translation>文件头的长度或布局无效</translation>
    </message>
    <message>
        <source>its header says things that contradict each other</source>
        <translation>文件头的内容互相矛盾</translation>
    </message>
    <message>
        <source>it holds more than %1 files</source>
        <translation>其中的文件超过 %1 个</translation>
    </message>
    <message>
        <source>a header in it has another checksum</source>
        <translation>其中有文件头的校验和不符</translation>
    </message>
    <message>
        <source>a header in it has no size</source>
        <translation>其中有文件头没有大小</translation>
    </message>
    <message>
        <source>a file in it has an endless name</source>
        <translation>其中有文件名没有结尾</translation>
    </message>
    <message>
        <source>a header in it gives all files one name or size</source>
        <translation>其中有文件头让所有文件名称或大小相同</translation>
    </message>
    <message>
        <source>an extended header in it cannot be read</source>
        <translation>其中的扩展文件头无法读取</translation>
    </message>
    <message>
        <source>a file in it has a name that is not UTF-8</source>
        <translation>其中有文件名不是 UTF-8 编码</translation>
    </message>
    <message>
        <source>two files in it are called %1</source>
        <translation>其中有两个文件都名为 %1</translation>
    </message>
    <message>
        <source>its type is not one of a VDI image</source>
        <translation>其类型不是 VDI 映像的类型</translation>
    </message>
    <message>
        <source>its type is not one of a VHD image</source>
        <translation>其类型不是 VHD 映像的类型</translation>
    </message>
    <message>
        <source>the size of its blocks cannot be</source>
        <translation>块大小无效</translation>
    </message>
    <message>
        <source>the number of its blocks cannot be</source>
        <translation>块数量无效</translation>
    </message>
    <message>
        <source>the size or the number of its blocks cannot be</source>
        <translation>块大小或块数量无效</translation>
    </message>
    <message>
        <source>its beginning is not one of a dynamic VHD image</source>
        <translation>其开头不是动态 VHD 映像的开头</translation>
    </message>
    <message>
        <source>its second header is missing</source>
        <translation>缺少第二个文件头</translation>
    </message>
    <message>
        <source>its footer is not one of a VHD image</source>
        <translation>其结尾不是 VHD 映像的结尾</translation>
    </message>
    <message>
        <source>it has no metadata</source>
        <translation>它没有元数据</translation>
    </message>
    <message>
        <source>its metadata are not complete</source>
        <translation>元数据不完整</translation>
    </message>
    <message>
        <source>it has no region table</source>
        <translation>它没有区域表</translation>
    </message>
    <message>
        <source>its header is not one of a VMDK image</source>
        <translation>文件头不是 VMDK 映像的文件头</translation>
    </message>
    <message>
        <source>it was changed by a transfer as text</source>
        <translation>它因以文本方式传输而被更改</translation>
    </message>
    <message>
        <source>its descriptor is longer than 1 MiB</source>
        <translation>其描述符大于 1 MiB</translation>
    </message>
    <message>
        <source>its header and its footer contradict each other</source>
        <translation>文件头与结尾互相矛盾</translation>
    </message>
    <message>
        <source>its descriptor holds control characters</source>
        <translation>其描述符含有控制字符</translation>
    </message>
    <message>
        <source>a part of it has a size that cannot be</source>
        <translation>其中有部分的大小无效</translation>
    </message>
    <message>
        <source>its descriptor does not say where the data of a part begins</source>
        <translation>其描述符没有说明某部分数据的起点</translation>
    </message>
    <message>
        <source>its descriptor does not name the file of a part</source>
        <translation>其描述符没有给出某部分的文件名</translation>
    </message>
    <message>
        <source>its descriptor names no file with the disk&apos;s data</source>
        <translation>其描述符没有给出磁盘数据的文件</translation>
    </message>
    <message>
        <source>its descriptor names more than %1 files</source>
        <translation>其描述符列出的文件超过 %1 个</translation>
    </message>
    <message>
        <source>its descriptor has a line that means nothing</source>
        <translation>其描述符中有一行无意义</translation>
    </message>
    <message>
        <source>a disk in it is larger than its description says</source>
        <translation>其中有磁盘比描述的更大</translation>
    </message>
    <message>
        <source>the file became shorter while it was copied</source>
        <translation>文件在复制期间变短</translation>
    </message>
    <message>
        <source>the file is cut off</source>
        <translation>文件不完整</translation>
    </message>
    <message>
        <source>a qcow2 image</source>
        <translation> qcow2 映像</translation>
    </message>
    <message>
        <source>a QED image</source>
        <translation> QED 映像</translation>
    </message>
    <message>
        <source>a VMDK image</source>
        <translation> VMDK 映像</translation>
    </message>
    <message>
        <source>a VMDK descriptor</source>
        <translation> VMDK 描述符</translation>
    </message>
    <message>
        <source>a VDI image</source>
        <translation> VDI 映像</translation>
    </message>
    <message>
        <source>a VHD image</source>
        <translation> VHD 映像</translation>
    </message>
    <message>
        <source>a fixed VHD image</source>
        <translation>固定大小的 VHD 映像</translation>
    </message>
    <message>
        <source>a VHDX image</source>
        <translation> VHDX 映像</translation>
    </message>
    <message>
        <source>a gzip archive</source>
        <translation> gzip 归档</translation>
    </message>
    <message>
        <source>an xz archive</source>
        <translation> xz 归档</translation>
    </message>
    <message>
        <source>a bzip2 archive</source>
        <translation> bzip2 归档</translation>
    </message>
    <message>
        <source>a zstd archive</source>
        <translation> zstd 归档</translation>
    </message>
    <message>
        <source>a zip archive</source>
        <translation> zip 归档</translation>
    </message>
    <message>
        <source>a 7-Zip archive</source>
        <translation> 7-Zip 归档</translation>
    </message>
    <message>
        <source>a tar archive</source>
        <translation> tar 归档</translation>
    </message>
    <message>
        <source>an encrypted LUKS volume</source>
        <translation>加密的 LUKS 卷</translation>
    </message>
    <message>
        <source>a qcow image of version 1</source>
        <translation> qcow 版本 1 的映像</translation>
    </message>
    <message>
        <source>a Parallels image</source>
        <translation> Parallels 映像</translation>
    </message>
    <message>
        <source>a sparse ESX image</source>
        <translation>稀疏 ESX 映像</translation>
    </message>
    <message>
        <source>an ISO 9660 disc</source>
        <translation> ISO 9660 光盘</translation>
    </message>
    <message>
        <source>not an image of a kind known here</source>
        <translation>未知类型的文件</translation>
    </message>
    <message>
        <source>a folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>a device or a pipe</source>
        <translation>设备或管道</translation>
    </message>
    <message>
        <source>a hard link</source>
        <translation>硬链接</translation>
    </message>
    <message>
        <source>a symbolic link</source>
        <translation>符号链接</translation>
    </message>
    <message>
        <source>a sparse file</source>
        <translation>稀疏文件</translation>
    </message>
    <message>
        <source>a device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>a pipe</source>
        <translation>管道</translation>
    </message>
    <message>
        <source>something that is no file</source>
        <translation>非文件的内容</translation>
    </message>
    <message>
        <source>bytes of a file</source>
        <translation>文件字节</translation>
    </message>
    <message>
        <source>bytes of a disk</source>
        <translation>磁盘字节</translation>
    </message>
    <message>
        <source>bytes of memory</source>
        <translation>内存字节</translation>
    </message>
    <message>
        <source>processors</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>format “%1”</source>
        <translation>格式“%1”</translation>
    </message>
    <message>
        <source>ending of %1</source>
        <translation> %1 的扩展名</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>权限不足</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>文件不存在</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>输入/输出错误</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>文件系统为只读</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <translation>超出磁盘配额</translation>
    </message>
    <message>
        <source>Stale file handle</source>
        <translation>文件已失效</translation>
    </message>
    <message>
        <source>The machine&apos;s memory did not belong to its disks: it was switched off.</source>
        <translation>虚拟机的内存与磁盘不是同一时刻的，因此已将其关闭。</translation>
    </message>
    <message>
        <source>The machine is %1 now.</source>
        <translation>虚拟机现在的状态是 %1。</translation>
    </message>
    <message>
        <source>Look at the machine&apos;s state before you go on.</source>
        <translation>继续之前请先查看虚拟机的状态。</translation>
    </message>
    <message>
        <source>“%1” did not switch itself off within %2 s.</source>
        <translation>“%1”在 %2 秒内没有自行关机。</translation>
    </message>
    <message>
        <source>Wait, shut it down from inside, or force it off.</source>
        <translation>请等待、从系统内部关机，或强制关闭。</translation>
    </message>
    <message>
        <source>The start was cut off.</source>
        <translation>启动被中断。</translation>
    </message>
    <message>
        <source>Start the machine again.</source>
        <translation>请重新启动虚拟机。</translation>
    </message>
    <message>
        <source>The manager is leaving.</source>
        <translation>管理程序正在退出。</translation>
    </message>
    <message>
        <source>Start Duplex VM again.</source>
        <translation>请重新启动 Duplex VM。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine was lost.</source>
        <translation>与虚拟机引擎的联系已丢失。</translation>
    </message>
    <message>
        <source>QEMU cannot be started: %1.</source>
        <translation>无法启动 QEMU：%1。</translation>
    </message>
    <message>
        <source>QEMU does not start: %1</source>
        <translation>QEMU 无法启动：%1</translation>
    </message>
    <message>
        <source>QEMU answers in an unknown way.</source>
        <translation>QEMU 的回答无法识别。</translation>
    </message>
    <message>
        <source>QEMU %1 is too old.</source>
        <translation>QEMU %1 版本过旧。</translation>
    </message>
    <message>
        <source>Install QEMU 7.2 or newer.</source>
        <translation>请安装 QEMU 7.2 或更新版本。</translation>
    </message>
    <message>
        <source>This QEMU has no %1 board.</source>
        <translation>此 QEMU 没有 %1 主板。</translation>
    </message>
    <message>
        <source>Install the distribution&apos;s full QEMU for x86 machines.</source>
        <translation>请安装发行版完整的 x86 版 QEMU。</translation>
    </message>
    <message>
        <source>The machine is being started, but does not come up.</source>
        <translation>虚拟机正在启动，但一直没有起来。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine ended while it was being started.</source>
        <translation>虚拟机的引擎在启动时结束了。</translation>
    </message>
    <message>
        <source>Another machine answers on this one&apos;s control socket.</source>
        <translation>此虚拟机的控制套接字上应答的是另一台虚拟机。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine could not be ended.</source>
        <translation>无法结束虚拟机的引擎。</translation>
    </message>
    <message>
        <source>The machine&apos;s engine could not be ended from here.</source>
        <translation>无法从这里结束虚拟机的引擎。</translation>
    </message>
    <message>
        <source>Look for the process in a system monitor.</source>
        <translation>请在系统监视器中查找该进程。</translation>
    </message>
    <message>
        <source>The engine refused a command.</source>
        <translation>引擎拒绝了一条命令。</translation>
    </message>
    <message>
        <source>The engine does not answer on its control socket.</source>
        <translation>引擎在控制套接字上没有应答。</translation>
    </message>
    <message>
        <source>It cannot be seen which files the machine&apos;s engine has opened.</source>
        <translation>无法查看虚拟机的引擎打开了哪些文件。</translation>
    </message>
    <message>
        <source>Run QEMU as the same user as Duplex VM, or start the machine without discs.</source>
        <translation>请以与 Duplex VM 相同的用户运行 QEMU，或不带光盘启动虚拟机。</translation>
    </message>
    <message>
        <source>share path is not authorized: %1 was exchanged while the machine started.</source>
        <translation>share path is not authorized：虚拟机启动时 %1 被替换了。</translation>
    </message>
    <message>
        <source>Look who changes this file, choose it again, and start the machine.</source>
        <translation>请查明是谁在更改此文件，重新选择它，然后启动虚拟机。</translation>
    </message>
    <message>
        <source>The machine has a serial port that is not known: %1.</source>
        <translation>虚拟机有一个未知的串口：%1。</translation>
    </message>
    <message>
        <source>The UEFI firmware that fits this machine is not installed any more.</source>
        <translation>适合此虚拟机的 UEFI 固件已不再安装。</translation>
    </message>
    <message>
        <source>Invalid file path: %1 is no firmware image; it has %2 bytes.</source>
        <translation>%1 不是固件映像；大小为 %2 字节。</translation>
    </message>
    <message>
        <source>Choose an image of 64 KiB to 16 MiB, a multiple of 64 KiB.</source>
        <translation>请选择 64 KiB 至 16 MiB、且为 64 KiB 整数倍的映像。</translation>
    </message>
    <message>
        <source>Invalid file path: %1 became shorter while it was read.</source>
        <translation>读取时 %1 变短了。</translation>
    </message>
    <message>
        <source>The disk %1 is cut off at its beginning.</source>
        <translation>磁盘 %1 的开头已残缺。</translation>
    </message>
    <message>
        <source>The disk %1 is not a qcow2 image.</source>
        <translation>磁盘 %1 不是 qcow2 映像。</translation>
    </message>
    <message>
        <source>Put the machine&apos;s own disk back, or convert this one with qemu-img into one that does.</source>
        <translation>请放回虚拟机自己的磁盘，或用 qemu-img 将此磁盘转换为独立的磁盘。</translation>
    </message>
    <message>
        <source>The disk %1 cannot be used.</source>
        <translation>无法使用磁盘 %1。</translation>
    </message>
    <message>
        <source>Put the machine&apos;s own disk back.</source>
        <translation>请放回虚拟机自己的磁盘。</translation>
    </message>
    <message>
        <source>The disk could not be made.</source>
        <translation>无法创建磁盘。</translation>
    </message>
    <message>
        <source>The disk could not be made within %1 s.</source>
        <translation>在 %1 秒内未能创建磁盘。</translation>
    </message>
    <message>
        <source>Look whether the disk of this computer answers.</source>
        <translation>请查看本机的磁盘是否有响应。</translation>
    </message>
    <message>
        <source>The disks cannot be taken back to the snapshot.</source>
        <translation>无法将磁盘恢复到快照。</translation>
    </message>
    <message>
        <source>The machine has no free place for another disk while it runs.</source>
        <translation>虚拟机运行时没有空位再接一块磁盘。</translation>
    </message>
    <message>
        <source>The machine&apos;s board has no free slot for another disk.</source>
        <translation>虚拟机的主板没有空插槽再接一块磁盘。</translation>
    </message>
    <message>
        <source>Take another device off first.</source>
        <translation>请先移除另一个设备。</translation>
    </message>
    <message>
        <source>The machine has no such screen.</source>
        <translation>虚拟机没有这个屏幕。</translation>
    </message>
    <message>
        <source>It has %1 at most.</source>
        <translation>最多有 %1 个。</translation>
    </message>
    <message>
        <source>The machine&apos;s picture cannot be reached.</source>
        <translation>无法连接虚拟机的画面。</translation>
    </message>
    <message>
        <source>Look whether the machine still runs.</source>
        <translation>请查看虚拟机是否仍在运行。</translation>
    </message>
    <message>
        <source>The display was closed.</source>
        <translation>画面的连接已关闭。</translation>
    </message>
    <message>
        <source>The display sent something that makes no sense: %1.</source>
        <translation>画面的连接发来了无法理解的内容：%1。</translation>
    </message>
    <message>
        <source>The engine ended the display&apos;s connection.</source>
        <translation>引擎结束了画面的连接。</translation>
    </message>
    <message>
        <source>The display did not answer within %1 seconds.</source>
        <translation>画面在 %1 秒内没有应答。</translation>
    </message>
    <message>
        <source>The display&apos;s connection failed: %1.</source>
        <translation>画面的连接失败：%1。</translation>
    </message>
    <message>
        <source>The display failed by a fault of this program.</source>
        <translation>由于本程序的错误，画面中断了。</translation>
    </message>
    <message>
        <source>The input monitor was closed.</source>
        <translation>键盘和指针的连接已关闭。</translation>
    </message>
    <message>
        <source>The input monitor sent something that makes no sense: %1.</source>
        <translation>键盘和指针的连接发来了无法理解的内容：%1。</translation>
    </message>
    <message>
        <source>The engine ended the input monitor&apos;s connection.</source>
        <translation>引擎结束了键盘和指针的连接。</translation>
    </message>
    <message>
        <source>The input monitor did not answer within %1 seconds.</source>
        <translation>键盘和指针的连接在 %1 秒内没有应答。</translation>
    </message>
    <message>
        <source>The input monitor&apos;s connection failed: %1.</source>
        <translation>键盘和指针的连接失败：%1。</translation>
    </message>
    <message>
        <source>The input monitor failed by a fault of this program.</source>
        <translation>由于本程序的错误，键盘和指针的连接中断了。</translation>
    </message>
    <message>
        <source>The file is far too large for what it should hold.</source>
        <translation>文件远大于它应有的大小。</translation>
    </message>
    <message>
        <source>The file does not hold what it should.</source>
        <translation>文件的内容不是它应有的内容。</translation>
    </message>
    <message>
        <source>A newer version of Duplex VM wrote this file.</source>
        <translation>此文件由更新版本的 Duplex VM 写入。</translation>
    </message>
    <message>
        <source>The file is not readable.</source>
        <translation>文件无法读取。</translation>
    </message>
    <message>
        <source>The file does not say which version wrote it.</source>
        <translation>文件没有说明由哪个版本写入。</translation>
    </message>
    <message>
        <source>The description names no disk.</source>
        <translation>虚拟机的描述没有指明磁盘。</translation>
    </message>
    <message>
        <source>A %1 is not a file: %2.</source>
        <translation>%1 不是文件：%2。</translation>
    </message>
    <message>
        <source>Put the file itself into the machine&apos;s folder, no link to it.</source>
        <translation>请将文件本身放入虚拟机的文件夹，而不是链接。</translation>
    </message>
    <message>
        <source>A %1 is missing: %2.</source>
        <translation>缺少 %1：%2。</translation>
    </message>
    <message>
        <source>The machine in %1 has the same name.</source>
        <translation>%1 中的虚拟机同名。</translation>
    </message>
    <message>
        <source>The trash has no machine called “%1”.</source>
        <translation>回收站中没有名为“%1”的虚拟机。</translation>
    </message>
    <message>
        <source>Look for it in the list of machines.</source>
        <translation>请在虚拟机列表中查找。</translation>
    </message>
    <message>
        <source>There is already a folder %1 in the library.</source>
        <translation>库中已有文件夹 %1。</translation>
    </message>
    <message>
        <source>Rename or move that machine first.</source>
        <translation>请先重命名或移走那台虚拟机。</translation>
    </message>
    <message>
        <source>Invalid file path: %1 does not answer.</source>
        <translation>%1 没有响应。</translation>
    </message>
    <message>
        <source>Look after the drive or network share that it lies on, then try again.</source>
        <translation>请检查它所在的驱动器或网络共享，然后重试。</translation>
    </message>
    <message>
        <source>The machine is running.</source>
        <translation>虚拟机正在运行。</translation>
    </message>
    <message>
        <source>Shut it down first, then delete it.</source>
        <translation>请先关机，再删除。</translation>
    </message>
    <message>
        <source>This machine cannot be renamed now.</source>
        <translation>现在无法重命名此虚拟机。</translation>
    </message>
    <message>
        <source>Wait until it has reached another state.</source>
        <translation>请等待其状态改变。</translation>
    </message>
    <message>
        <source>Look at the machine&apos;s status for what is wrong.</source>
        <translation>请在虚拟机的状态中查看问题所在。</translation>
    </message>
    <message>
        <source>This computer cannot be probed.</source>
        <translation>无法检测本机。</translation>
    </message>
    <message>
        <source>This manager has no screen.</source>
        <translation>此管理程序没有屏幕。</translation>
    </message>
    <message>
        <source>Start Duplex VM on a desktop.</source>
        <translation>请在桌面上启动 Duplex VM。</translation>
    </message>
    <message>
        <source>%1 of memory were asked for; this computer has %2.</source>
        <translation>请求了 %1 内存；本机有 %2。</translation>
    </message>
    <message>
        <source>Give the machine less memory.</source>
        <translation>请给虚拟机分配更少的内存。</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>Storage</source>
        <translation>存储</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动态效果</translation>
    </message>
    <message>
        <source>No sliding or fading.</source>
        <translation>不使用滑动和淡入效果。</translation>
    </message>
    <message>
        <source>Release key</source>
        <translation>收回键</translation>
    </message>
    <message>
        <source>Right Ctrl</source>
        <translation>右 Ctrl</translation>
    </message>
    <message>
        <source>Right Alt</source>
        <translation>右 Alt</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单键</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause 键</translation>
    </message>
    <message>
        <source>Scroll Lock</source>
        <translation>Scroll Lock</translation>
    </message>
    <message>
        <source>Press it alone to get keyboard and pointer back from a machine.</source>
        <translation>单独按下此键，可从虚拟机收回键盘和鼠标。</translation>
    </message>
    <message>
        <source>Release combination</source>
        <translation>收回组合键</translation>
    </message>
    <message>
        <source>Gives them back as well, for keyboards without that key.</source>
        <translation>同样可以收回键盘和鼠标，适用于没有该键的键盘。</translation>
    </message>
    <message>
        <source>Chosen for each machine, in its menu: “Keyboard…”.</source>
        <translation>在每台虚拟机的菜单“键盘…”中分别选择。</translation>
    </message>
    <message>
        <source>Shortcuts that stay with this computer</source>
        <translation>留在本机的快捷键</translation>
    </message>
    <message>
        <source>%1 days</source>
        <translation>%1 天</translation>
    </message>
    <message>
        <source>Until I empty the trash</source>
        <translation>直到我清空回收站</translation>
    </message>
    <message>
        <source>Keep deleted machines</source>
        <translation>保留已删除的虚拟机</translation>
    </message>
    <message>
        <source>After that they are removed for good.</source>
        <translation>之后将永久移除。</translation>
    </message>
    <message>
        <source>Every %1 hours</source>
        <translation>每 %1 小时</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Every hour</source>
        <translation>每小时</translation>
    </message>
    <message>
        <source>Keep running machines by themselves</source>
        <translation>自动保存运行中的虚拟机</translation>
    </message>
    <message>
        <source>As snapshots with memory; the newest ten of each machine stay.</source>
        <translation>保存为含内存的快照；每台虚拟机保留最新的十个。</translation>
    </message>
    <message>
        <source>Keep a snapshot before changes</source>
        <translation>更改前保留快照</translation>
    </message>
    <message>
        <source>Of a machine that is off, before its disk grows.</source>
        <translation>对已关机的虚拟机，在磁盘扩容之前。</translation>
    </message>
    <message>
        <source>The settings hold until you quit; they cannot be saved.</source>
        <translation>设置无法保存，仅在退出前有效。</translation>
    </message>
</context>
<context>
    <name>ShownSnapshots</name>
    <message>
        <source>The snapshots cannot be listed</source>
        <translation>无法列出快照</translation>
    </message>
    <message>
        <source>Snapshots of %1</source>
        <translation>%1 的快照</translation>
    </message>
    <message>
        <source>changed since %1</source>
        <translation>自 %1 起有改动</translation>
    </message>
    <message>
        <source>used %1</source>
        <translation>已用 %1</translation>
    </message>
    <message>
        <source>The snapshot could not be deleted</source>
        <translation>无法删除快照</translation>
    </message>
</context>
<context>
    <name>SnapshotMenu</name>
    <message>
        <source>Go back…</source>
        <translation>恢复到此…</translation>
    </message>
    <message>
        <source>Go back to the disk only…</source>
        <translation>仅恢复磁盘…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Edit note…</source>
        <translation>编辑备注…</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>The snapshot is locked. Unlock it first.</source>
        <translation>该快照已锁定，请先解锁。</translation>
    </message>
</context>
<context>
    <name>SnapshotModel</name>
    <message>
        <source>Now</source>
        <translation>当前</translation>
    </message>
</context>
<context>
    <name>SnapshotQuestions</name>
    <message>
        <source>What you did after it is lost unless you take a snapshot now.</source>
        <translation>除非现在创建快照，否则之后的改动将丢失。</translation>
    </message>
    <message>
        <source>Go back to “%1”?</source>
        <translation>恢复到“%1”？</translation>
    </message>
    <message>
        <source>Go back to the disk of “%1” only?</source>
        <translation>仅恢复“%1”的磁盘？</translation>
    </message>
    <message>
        <source>Its memory is left out; the machine stays off.</source>
        <translation>不恢复内存，虚拟机保持关机。</translation>
    </message>
    <message>
        <source>The machine starts and goes on from that moment.</source>
        <translation>虚拟机将启动，并从那一刻继续运行。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Snapshot, then go back</source>
        <translation>先创建快照再恢复</translation>
    </message>
    <message>
        <source>Go back</source>
        <translation>恢复到此</translation>
    </message>
    <message>
        <source>Shut %1 down first?</source>
        <translation>先将 %1 关机？</translation>
    </message>
    <message>
        <source>Only a machine that is off can go back to a disk.</source>
        <translation>虚拟机关机后才能恢复磁盘。</translation>
    </message>
    <message>
        <source>Shut down</source>
        <translation>关机</translation>
    </message>
    <message>
        <source>%1 could not go back</source>
        <translation>无法恢复 %1</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Go back to the disk only…</source>
        <translation>仅恢复磁盘…</translation>
    </message>
</context>
<context>
    <name>SnapshotTree</name>
    <message>
        <source>Snapshots</source>
        <translation>快照</translation>
    </message>
</context>
<context>
    <name>SnapshotWords</name>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>with memory</source>
        <translation>含内存</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>Level %1</source>
        <translation>第 %1 级</translation>
    </message>
</context>
<context>
    <name>SnapshotsLayout</name>
    <message>
        <source>Virtual machines</source>
        <translation>虚拟机</translation>
    </message>
    <message>
        <source>Take snapshot</source>
        <translation>创建快照</translation>
    </message>
    <message>
        <source>No snapshots yet</source>
        <translation>还没有快照</translation>
    </message>
    <message>
        <source>A snapshot keeps this machine as it is now, so that you can go back to it.</source>
        <translation>快照会保留虚拟机现在的样子，以便之后恢复。</translation>
    </message>
</context>
<context>
    <name>SnapshotsPage</name>
    <message>
        <source>The snapshot could not be taken</source>
        <translation>无法创建快照</translation>
    </message>
    <message>
        <source>Taking a snapshot…</source>
        <translation>正在创建快照…</translation>
    </message>
    <message>
        <source>%1 could not go back</source>
        <translation>无法恢复 %1</translation>
    </message>
    <message>
        <source>Going back…</source>
        <translation>正在恢复…</translation>
    </message>
    <message>
        <source>The snapshot could not be renamed</source>
        <translation>无法重命名快照</translation>
    </message>
    <message>
        <source>The note could not be changed</source>
        <translation>无法修改备注</translation>
    </message>
    <message>
        <source>“%1” could not be changed</source>
        <translation>无法更改“%1”</translation>
    </message>
    <message>
        <source>“%1” is locked. Unlock it first.</source>
        <translation>“%1”已锁定，请先解锁。</translation>
    </message>
    <message>
        <source>Deleted “%1”</source>
        <translation>已删除“%1”</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>SourcePage</name>
    <message>
        <source>Start over</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>You began this earlier; your entries are here.</source>
        <translation>这是之前未完成的设置，已为你保留。</translation>
    </message>
    <message>
        <source>Found: %1</source>
        <translation>已识别：%1</translation>
    </message>
    <message>
        <source>Choose an ISO file.</source>
        <translation>请选择 ISO 文件。</translation>
    </message>
    <message>
        <source>ISO file</source>
        <translation>ISO 文件</translation>
    </message>
    <message>
        <source>Install a system from its disc</source>
        <translation>从光盘安装系统</translation>
    </message>
    <message>
        <source>Empty disk</source>
        <translation>空磁盘</translation>
    </message>
    <message>
        <source>Insert a disc later</source>
        <translation>稍后放入光盘</translation>
    </message>
    <message>
        <source>Existing</source>
        <translation>已有的虚拟机</translation>
    </message>
    <message>
        <source>Import a disk or .ova</source>
        <translation>导入磁盘或 .ova</translation>
    </message>
    <message>
        <source>Path of the ISO file, or drop the file here</source>
        <translation>ISO 文件路径，或将文件拖放到这里</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Looking at the disc…</source>
        <translation>正在读取光盘…</translation>
    </message>
    <message>
        <source>Choose an ISO file</source>
        <translation>选择 ISO 文件</translation>
    </message>
    <message>
        <source>Where does the system come from?</source>
        <translation>从哪里安装系统？</translation>
    </message>
</context>
<context>
    <name>StateCard</name>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation>正在暂停…</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>The machine stands still and uses no processor time.</source>
        <translation>虚拟机已停住，不占用处理器。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Resuming…</source>
        <translation>正在继续…</translation>
    </message>
    <message>
        <source>Working on a snapshot…</source>
        <translation>正在处理快照…</translation>
    </message>
    <message>
        <source>The disk is being worked on…</source>
        <translation>正在处理磁盘…</translation>
    </message>
    <message>
        <source>The machine has been switched off</source>
        <translation>虚拟机已关机</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>The machine ended unexpectedly</source>
        <translation>虚拟机意外退出</translation>
    </message>
    <message>
        <source>Its disk is as it was at that moment.</source>
        <translation>磁盘保持当时的状态。</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新启动</translation>
    </message>
    <message>
        <source>The machine&apos;s files are missing or damaged</source>
        <translation>虚拟机文件缺失或已损坏</translation>
    </message>
    <message>
        <source>The main window says more.</source>
        <translation>主窗口中有更多信息。</translation>
    </message>
    <message>
        <source>The machine has been deleted</source>
        <translation>虚拟机已被删除</translation>
    </message>
    <message>
        <source>The picture&apos;s connection was lost</source>
        <translation>画面连接已断开</translation>
    </message>
    <message>
        <source>The machine itself may go on running.</source>
        <translation>虚拟机本身可能仍在运行。</translation>
    </message>
    <message>
        <source>Connect again</source>
        <translation>重新连接</translation>
    </message>
    <message>
        <source>This computer&apos;s disk is full. %1 was paused.</source>
        <translation>本机磁盘已满，%1 已暂停。</translation>
    </message>
    <message>
        <source>Make room, then let it go on. Nothing is lost.</source>
        <translation>请腾出空间，然后继续运行。没有任何数据丢失。</translation>
    </message>
    <message>
        <source>Keyboard detached. %1 was paused.</source>
        <translation>键盘已断开，%1 已暂停。</translation>
    </message>
    <message>
        <source>It goes on by itself when the keyboard is back.</source>
        <translation>键盘恢复连接后会自动继续运行。</translation>
    </message>
    <message>
        <source>Continue anyway</source>
        <translation>仍然继续</translation>
    </message>
    <message>
        <source>Keep paused</source>
        <translation>保持暂停</translation>
    </message>
    <message>
        <source>The computer is folded. %1 was paused.</source>
        <translation>电脑已合上，%1 已暂停。</translation>
    </message>
    <message>
        <source>It goes on by itself when the computer stands again.</source>
        <translation>电脑重新立起后会自动继续运行。</translation>
    </message>
    <message>
        <source>PC mode is off. %1 was paused.</source>
        <translation>PC 模式未开启，%1 已暂停。</translation>
    </message>
    <message>
        <source>It goes on by itself when PC mode is on again.</source>
        <translation>PC 模式重新开启后会自动继续运行。</translation>
    </message>
    <message>
        <source>Turn on</source>
        <translation>开启</translation>
    </message>
    <message>
        <source>PC mode is off. Machines need a keyboard and an upright screen.</source>
        <translation>PC 模式未开启。使用虚拟机需要连接键盘并立起屏幕。</translation>
    </message>
    <message>
        <source>Turn on and start</source>
        <translation>开启并启动</translation>
    </message>
    <message>
        <source>Turn on and resume</source>
        <translation>开启并继续</translation>
    </message>
    <message>
        <source>PC mode is off.</source>
        <translation>PC 模式未开启。</translation>
    </message>
    <message>
        <source>The computer is folded.</source>
        <translation>电脑已合上。</translation>
    </message>
    <message>
        <source>Keyboard detached.</source>
        <translation>键盘已断开。</translation>
    </message>
</context>
<context>
    <name>Steps</name>
    <message>
        <source>Step %1 of %2: %3</source>
        <translation>第 %1 步，共 %2 步：%3</translation>
    </message>
</context>
<context>
    <name>SystemPage</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Decides which devices the machine gets.</source>
        <translation>决定虚拟机使用哪些设备。</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>固件</translation>
    </message>
    <message>
        <source>What starts the machine. It cannot be changed later.</source>
        <translation>用于启动虚拟机，之后无法更改。</translation>
    </message>
    <message>
        <source>Without a name it is called “%1”.</source>
        <translation>不填写时将命名为“%1”。</translation>
    </message>
</context>
<context>
    <name>TakeSheet</name>
    <message>
        <source>Take snapshot</source>
        <translation>创建快照</translation>
    </message>
    <message>
        <source>Take a snapshot of “%1”</source>
        <translation>为“%1”创建快照</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Its memory is kept too. It stands still meanwhile, then goes on.</source>
        <translation>内存也会保存。期间虚拟机暂停，随后继续运行。</translation>
    </message>
    <message>
        <source>The machine is off: its disks are kept.</source>
        <translation>虚拟机已关机，将保存磁盘。</translation>
    </message>
    <message>
        <source>A snapshot needs a name.</source>
        <translation>请为快照命名。</translation>
    </message>
</context>
<context>
    <name>TaskRow</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Nothing of it is left.</source>
        <translation>未留下任何文件。</translation>
    </message>
</context>
<context>
    <name>TaskStrip</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>Tasks</name>
    <message>
        <source>Checking</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>Importing</source>
        <translation>正在导入</translation>
    </message>
    <message>
        <source>Converting</source>
        <translation>转换</translation>
    </message>
    <message>
        <source>Importing %1</source>
        <translation>正在导入 %1</translation>
    </message>
    <message>
        <source>Created %1</source>
        <translation>已创建 %1</translation>
    </message>
    <message>
        <source>Import of %1 failed</source>
        <translation>导入 %1 失败</translation>
    </message>
    <message>
        <source>Import of %1 cancelled</source>
        <translation>已取消导入 %1</translation>
    </message>
    <message>
        <source>Cancel import</source>
        <translation>取消导入</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>正在导出</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>Exporting %1</source>
        <translation>正在导出 %1</translation>
    </message>
    <message>
        <source>Exported %1</source>
        <translation>已导出 %1</translation>
    </message>
    <message>
        <source>Export of %1 failed</source>
        <translation>导出 %1 失败</translation>
    </message>
    <message>
        <source>Export of %1 cancelled</source>
        <translation>已取消导出 %1</translation>
    </message>
    <message>
        <source>Cancel export</source>
        <translation>取消导出</translation>
    </message>
    <message>
        <source>Duplicating</source>
        <translation>正在复制</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Duplicating %1</source>
        <translation>正在复制 %1</translation>
    </message>
    <message>
        <source>Duplicated %1</source>
        <translation>已复制 %1</translation>
    </message>
    <message>
        <source>%1 could not be duplicated</source>
        <translation>无法复制 %1</translation>
    </message>
    <message>
        <source>Duplicating %1 cancelled</source>
        <translation>已取消复制 %1</translation>
    </message>
    <message>
        <source>Cancel duplicating</source>
        <translation>取消复制</translation>
    </message>
    <message>
        <source>Enlarging</source>
        <translation>正在扩大</translation>
    </message>
    <message>
        <source>Enlarging the disk of %1</source>
        <translation>正在扩大 %1 的磁盘</translation>
    </message>
    <message>
        <source>The disk of %1 is larger now</source>
        <translation>%1 的磁盘已扩大</translation>
    </message>
    <message>
        <source>The disk of %1 could not grow</source>
        <translation>无法扩大 %1 的磁盘</translation>
    </message>
    <message>
        <source>Enlarging the disk of %1 cancelled</source>
        <translation>已取消扩大 %1 的磁盘</translation>
    </message>
    <message>
        <source>Cancel enlarging</source>
        <translation>取消扩大</translation>
    </message>
    <message>
        <source>Checking the disk of %1</source>
        <translation>正在检查 %1 的磁盘</translation>
    </message>
    <message>
        <source>Repairing the disk of %1</source>
        <translation>正在修复 %1 的磁盘</translation>
    </message>
    <message>
        <source>Recovering %1</source>
        <translation>正在恢复 %1</translation>
    </message>
    <message>
        <source>Compacting the disk of %1</source>
        <translation>正在压缩 %1 的磁盘</translation>
    </message>
    <message>
        <source>Working on %1</source>
        <translation>正在处理 %1</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>正在处理</translation>
    </message>
    <message>
        <source>%1: done</source>
        <translation>%1：已完成</translation>
    </message>
    <message>
        <source>%1: failed</source>
        <translation>%1：失败</translation>
    </message>
    <message>
        <source>%1: cancelled</source>
        <translation>%1：已取消</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>TasksPage</name>
    <message>
        <source>Tasks</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Clear finished</source>
        <translation>清除已完成</translation>
    </message>
    <message>
        <source>No tasks</source>
        <translation>没有任务</translation>
    </message>
    <message>
        <source>Imports, exports and copies of machines are listed here.</source>
        <translation>虚拟机的导入、导出和复制会列在这里。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Choose another folder</source>
        <translation>选择其他文件夹</translation>
    </message>
    <message>
        <source>Try again…</source>
        <translation>重试…</translation>
    </message>
</context>
<context>
    <name>TrashCard</name>
    <message>
        <source>Trash</source>
        <translation>回收站</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Empty the trash</source>
        <translation>清空回收站</translation>
    </message>
    <message>
        <source>The trash cannot be listed</source>
        <translation>无法列出回收站</translation>
    </message>
    <message>
        <source>Restored “%1”</source>
        <translation>已恢复“%1”</translation>
    </message>
    <message>
        <source>%1 could not be restored</source>
        <translation>无法恢复 %1</translation>
    </message>
    <message>
        <source>Delete “%1” for good?</source>
        <translation>永久删除“%1”？</translation>
    </message>
    <message>
        <source>Its disks and everything on them are lost: %1.</source>
        <translation>其磁盘及上面的全部内容都将丢失：%1。</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source> and %1 more</source>
        <translation> 等另外 %1 个</translation>
    </message>
    <message>
        <source>%1: their disks and everything on them are lost.</source>
        <translation>%1：其磁盘及上面的全部内容都将丢失。</translation>
    </message>
    <message>
        <source>Empty the trash?</source>
        <translation>清空回收站？</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>%1 are free again</source>
        <translation>已释放 %1</translation>
    </message>
    <message>
        <source>The trash cannot be emptied</source>
        <translation>无法清空回收站</translation>
    </message>
    <message>
        <source>The trash is empty</source>
        <translation>回收站是空的</translation>
    </message>
    <message>
        <source>Trash: 1 machine, %1</source>
        <translation>回收站：1 个虚拟机，%1</translation>
    </message>
    <message>
        <source>Trash: %1 machines, %2</source>
        <translation>回收站：%1 个虚拟机，%2</translation>
    </message>
</context>
<context>
    <name>Wizard</name>
    <message>
        <source>Another system</source>
        <translation>其他系统</translation>
    </message>
    <message>
        <source>a disc that is not in the list of systems</source>
        <translation>不在系统列表中的光盘</translation>
    </message>
    <message>
        <source>UEFI and BIOS</source>
        <translation>UEFI 和 BIOS</translation>
    </message>
    <message>
        <source>The file is cut short: %missing of %announced are missing.</source>
        <translation>文件不完整：共 %announced，缺少 %missing。</translation>
    </message>
    <message>
        <source>Download it again; the installation would fail half-way.</source>
        <translation>请重新下载，否则安装会中途失败。</translation>
    </message>
    <message>
        <source>The disc&apos;s start program is damaged.</source>
        <translation>光盘的启动程序已损坏。</translation>
    </message>
    <message>
        <source>Download it again, and compare its checksum.</source>
        <translation>请重新下载，并核对校验和。</translation>
    </message>
    <message>
        <source>No computer starts from this disc.</source>
        <translation>无法从此光盘启动。</translation>
    </message>
    <message>
        <source>Choose the installation disc of the system.</source>
        <translation>请选择系统的安装光盘。</translation>
    </message>
    <message>
        <source>The disc starts with BIOS only; with UEFI it would not start.</source>
        <translation>此光盘只能用 BIOS 启动，用 UEFI 无法启动。</translation>
    </message>
    <message>
        <source>Choose BIOS as the firmware.</source>
        <translation>请将固件设为 BIOS。</translation>
    </message>
    <message>
        <source>The disc starts with UEFI only; with BIOS it would not start.</source>
        <translation>此光盘只能用 UEFI 启动，用 BIOS 无法启动。</translation>
    </message>
    <message>
        <source>Choose UEFI as the firmware.</source>
        <translation>请将固件设为 UEFI。</translation>
    </message>
    <message>
        <source>This system is made for %disc processors; this computer has %host.</source>
        <translation>此系统适用于 %disc 处理器，而本机是 %host。</translation>
    </message>
    <message>
        <source>Get the %host edition of the system.</source>
        <translation>请获取该系统的 %host 版本。</translation>
    </message>
    <message>
        <source>%system starts with %firmware only.</source>
        <translation>%system 只能用 %firmware 启动。</translation>
    </message>
    <message>
        <source>Choose %firmware as the firmware.</source>
        <translation>请将固件设为 %firmware。</translation>
    </message>
    <message>
        <source>%system needs %needed of memory; half of this computer&apos;s is %given.</source>
        <translation>%system 需要 %needed 内存，而本机内存的一半是 %given。</translation>
    </message>
    <message>
        <source>Give it more and close other programs.</source>
        <translation>请分配更多内存，并关闭其他程序。</translation>
    </message>
    <message>
        <source>%system needs a disk of %needed; %free are free.</source>
        <translation>%system 需要 %needed 磁盘，剩余 %free。</translation>
    </message>
    <message>
        <source>Make room before you go on.</source>
        <translation>请先腾出空间。</translation>
    </message>
    <message>
        <source>The set-up of %system asks for a TPM and Secure Boot.</source>
        <translation>%system 的安装程序要求 TPM 和安全启动。</translation>
    </message>
    <message>
        <source>This machine has neither yet; the set-up may refuse to go on.</source>
        <translation>此虚拟机尚不具备，安装程序可能拒绝继续。</translation>
    </message>
</context>
<context>
    <name>WizardSheet</name>
    <message>
        <source>Create a virtual machine</source>
        <translation>新建虚拟机</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>创建</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Throw your entries away?</source>
        <translation>放弃已填写的内容？</translation>
    </message>
    <message>
        <source>The machine has not been created yet.</source>
        <translation>虚拟机尚未创建。</translation>
    </message>
    <message>
        <source>Keep editing</source>
        <translation>继续编辑</translation>
    </message>
    <message>
        <source>Throw away</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>What is it called, and how does it start?</source>
        <translation>叫什么名字，如何启动？</translation>
    </message>
    <message>
        <source>How much of this computer may it use?</source>
        <translation>为它分配多少资源？</translation>
    </message>
    <message>
        <source>You can change this later while the machine is off.</source>
        <translation>关机后可随时调整。</translation>
    </message>
    <message>
        <source>Is this what you want?</source>
        <translation>确认以下设置</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>资源</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Recommended settings</source>
        <translation>使用推荐设置</translation>
    </message>
    <message>
        <source>Creating…</source>
        <translation>正在创建…</translation>
    </message>
    <message>
        <source>%1 could not be created</source>
        <translation>无法创建 %1</translation>
    </message>
    <message>
        <source>%1 could not start</source>
        <translation>无法启动 %1</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>Off</source>
        <translation>已关机</translation>
    </message>
    <message>
        <source>Creating…</source>
        <translation>正在创建…</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Pausing…</source>
        <translation>正在暂停…</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Resuming…</source>
        <translation>正在继续…</translation>
    </message>
    <message>
        <source>Shutting down…</source>
        <translation>正在关机…</translation>
    </message>
    <message>
        <source>Working on a snapshot…</source>
        <translation>正在处理快照…</translation>
    </message>
    <message>
        <source>Updating…</source>
        <translation>正在更新…</translation>
    </message>
    <message>
        <source>Deleting…</source>
        <translation>正在删除…</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>出现问题</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>Files missing</source>
        <translation>文件缺失</translation>
    </message>
    <message>
        <source>1 processor</source>
        <translation>1 核</translation>
    </message>
    <message>
        <source>%1 processors</source>
        <translation>%1 核</translation>
    </message>
    <message>
        <source>Shared (NAT)</source>
        <translation>共享 (NAT)</translation>
    </message>
    <message>
        <source>Bridge</source>
        <translation>桥接</translation>
    </message>
    <message>
        <source>Runs with hardware acceleration.</source>
        <translation>使用硬件加速运行。</translation>
    </message>
    <message>
        <source>Emulated</source>
        <translation>软件模拟</translation>
    </message>
    <message>
        <source>Runs without hardware acceleration, which is slow.</source>
        <translation>未使用硬件加速，运行较慢。</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 天 %2 小时</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Today %1</source>
        <translation>今天 %1</translation>
    </message>
    <message>
        <source>Yesterday %1</source>
        <translation>昨天 %1</translation>
    </message>
    <message>
        <source>d MMM</source>
        <comment>date without a year, Qt&apos;s letters</comment>
        <translation>M月d日</translation>
    </message>
</context>
<context>
    <name>WorkSheet</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Deleted: %1</source>
        <translation>删除于：%1</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Restore %1</source>
        <translation>恢复 %1</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
    <message>
        <source>Delete %1 for good</source>
        <translation>永久删除 %1</translation>
    </message>
</context>
</TS>
