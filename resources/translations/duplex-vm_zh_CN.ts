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
</context>
<context>
    <name>CardView</name>
    <message>
        <source>Virtual machines</source>
        <translation>虚拟机</translation>
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
    <name>Desktop</name>
    <message>
        <source>%1 could not be opened</source>
        <translation>无法打开 %1</translation>
    </message>
    <message>
        <source>“%1” goes on running.</source>
        <translation>“%1” 仍在运行。</translation>
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
        <source>The disk of “%1” has %2 now</source>
        <translation>“%1”的磁盘现为 %2</translation>
    </message>
    <message>
        <source>The task could not be cancelled</source>
        <translation>无法取消任务</translation>
    </message>
    <message>
        <source>The disk of %1 could not grow</source>
        <translation>无法扩大 %1 的磁盘</translation>
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
        <source>The machine does not answer.</source>
        <translation>虚拟机没有响应。</translation>
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
        <source>Extend them there afterwards: in Windows with Disk Management, in Linux with GParted, or with growpart and resize2fs.</source>
        <translation>之后请在虚拟机内扩展：Windows 用“磁盘管理”，Linux 用 GParted，或 growpart 和 resize2fs。</translation>
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
        <source>Only snapshots that were made here can be renamed.</source>
        <translation>只有在此创建的快照才能重命名。</translation>
    </message>
    <message>
        <source>It keeps the name that the disk has for it.</source>
        <translation>它将保留磁盘中的名称。</translation>
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
        <source>The settings hold until you quit; they cannot be saved.</source>
        <translation>设置无法保存，仅在退出前有效。</translation>
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
        <source>Delete</source>
        <translation>删除</translation>
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
        <source>Level %1</source>
        <translation>第 %1 级</translation>
    </message>
</context>
<context>
    <name>SnapshotsPage</name>
    <message>
        <source>The snapshots cannot be listed</source>
        <translation>无法列出快照</translation>
    </message>
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
        <source>Deleted “%1”</source>
        <translation>已删除“%1”</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The snapshot could not be deleted</source>
        <translation>无法删除快照</translation>
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
