using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Drcm.TestHosts;

/// <summary>One host: its own network, processes, name, boot id, and private <c>/etc</c>, <c>/var</c> and <c>/run</c>. Its disk outlives a
/// power cut; addresses, routes, nft rules and <c>/run</c> do not.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly TestNetwork _network;
    private Process? _supply;
    private int _init;
    private bool _hasSpool;
    private readonly List<HostProcess> _started = [];
    private Responder? _responder;

    internal TestHost(TestNetwork network, int number)
    {
        _network = network;
        Number = number;
        Name = $"node{number}";
        Netns = $"{network.Name}-h{number}";
        Port = $"p{number}";
        Disk = Path.Combine(network.Root, Name);
    }

    /// <summary>From 1.</summary>
    public int Number { get; }

    /// <summary>Its <c>uname -n</c>.</summary>
    public string Name { get; }

    /// <summary>Fixed address on eth0, with a /24.</summary>
    public IPAddress Address => IPAddress.Parse($"10.88.0.{10 + Number}");

    public bool IsOn => _supply is not null;

    /// <summary>New at every power-on; processes see it as <c>DRCM_BOOT_ID</c> and in /proc.</summary>
    public Guid BootId { get; private set; }

    /// <summary>The host's <c>/etc/drcm</c> as a path of this machine.</summary>
    public string ConfigurationDirectory => Path.Combine(Disk, "etc-drcm");

    /// <summary>Its <c>/etc/cron.d</c>.</summary>
    public string CronDirectory => Path.Combine(Disk, "cron.d");

    /// <summary>Its <c>/var/log/drcm</c>.</summary>
    public string LogDirectory => Path.Combine(Disk, "log");

    /// <summary>Its <c>/var/spool/drcm</c>.</summary>
    public string SpoolDirectory => Path.Combine(Disk, "spool");

    /// <summary>Its <c>/var/run/drcm</c>, emptied at power-on.</summary>
    public string RunDirectory => Path.Combine(Disk, "run");

    /// <summary>For files of a test: the same path inside and outside.</summary>
    public string SharedDirectory => Path.Combine(Disk, "shared");

    internal string Netns { get; }

    internal string Port { get; }

    private string Disk { get; }

    private string[] Enter => ["nsenter", $"--target={_init}", "--net", "--pid", "--mount", "--uts", "--"];

    /// <summary>Boots: cable, private file systems, a first process that does nothing but reap.</summary>
    public async Task PowerOnAsync(CancellationToken cancellationToken)
    {
        if (IsOn) throw new InvalidOperationException($"{Name} is on");
        foreach (var directory in new[] { ConfigurationDirectory, CronDirectory, LogDirectory, SpoolDirectory, SharedDirectory })
            Directory.CreateDirectory(directory);
        await MountSpoolAsync(cancellationToken);
        if (Directory.Exists(RunDirectory)) Directory.Delete(RunDirectory, recursive: true);
        Directory.CreateDirectory(RunDirectory);
        Directory.CreateDirectory(Path.Combine(Disk, "scratch"));
        BootId = Guid.NewGuid();
        await File.WriteAllTextAsync(Path.Combine(Disk, "boot_id"), BootId + "\n", cancellationToken);
        await _network.PlugAsync(Netns, Port, 10 + Number, cancellationToken);
        var start = new ProcessStartInfo("nsenter")
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var word in HostInit.CommandLine(Namespaces.PathOf(Netns), Name, Disk)) start.ArgumentList.Add(word);
        _supply = Process.Start(start)!;
        if (await _supply.StandardOutput.ReadLineAsync(cancellationToken) != HostInit.Ready)
            throw new InvalidOperationException($"{Name} did not boot: {await _supply.StandardError.ReadToEndAsync(cancellationToken)}");
        _init = Processes.Children(_supply.Id).Single();
        _responder = new Responder(this);
    }

    /// <summary>The plug is pulled: first the cable goes dark, then every process dies at once. Others see silence, no RST.</summary>
    public async Task PowerOffAsync(CancellationToken cancellationToken)
    {
        if (!IsOn) throw new InvalidOperationException($"{Name} is off");
        await _network.SetPortAsync(Port, isUp: false, cancellationToken);
        await KillAsync();
        await _network.UnplugAsync(Port, cancellationToken);
        await Tool.RunAsync(["nsenter", "--net=" + Namespaces.PathOf(Netns), "nft", "flush", "ruleset"], "", cancellationToken);
    }

    /// <summary>Starts a program in the host and does not wait for it. It sees the host's name, files and processes.</summary>
    public async Task<HostProcess> StartAsync(IReadOnlyList<string> argv, CancellationToken cancellationToken)
    {
        RequireOn();
        var process = await HostProcess.StartAsync([.. Enter, .. argv], BootId, cancellationToken);
        _started.RemoveAll(p => p.HasExited);
        _started.Add(process);
        return process;
    }

    /// <summary>Runs a program in the host to its end.</summary>
    public Task<ToolResult> RunAsync(IReadOnlyList<string> argv, CancellationToken cancellationToken)
    {
        RequireOn();
        return Tool.RunAsync([.. Enter, "env", $"DRCM_BOOT_ID={BootId}", .. argv], "", cancellationToken);
    }

    /// <summary>The switch drops the host's frames, to and from everybody; the host keeps its carrier.</summary>
    public Task CutLinkAsync(LinkDirection direction, CancellationToken cancellationToken) =>
        _network.CutAsync(this, direction, cancellationToken);

    /// <summary>The switch drops that share of the host's frames, each way. 0 ends it.</summary>
    public Task LoseFramesAsync(int percent, CancellationToken cancellationToken) =>
        _network.LoseAsync(this, percent, cancellationToken);

    /// <summary>Ends every cut, partition and loss that this host has part in.</summary>
    public Task RestoreLinkAsync(CancellationToken cancellationToken) => _network.RestoreAsync(this, cancellationToken);

    /// <summary>Cable out: the host sees no carrier, but keeps its addresses.</summary>
    public Task UnplugAsync(CancellationToken cancellationToken) => _network.SetPortAsync(Port, isUp: false, cancellationToken);

    public Task PlugInAsync(CancellationToken cancellationToken) => _network.SetPortAsync(Port, isUp: true, cancellationToken);

    /// <summary>A socket of the host's network.</summary>
    public Socket OpenSocket(AddressFamily family, SocketType type, ProtocolType protocol) =>
        Namespaces.Within(Netns, () => new Socket(family, type, protocol));

    /// <summary>Runs <paramref name="work"/> of this process in the host's network; blocks until it is done.</summary>
    public T Within<T>(Func<T> work) => Namespaces.Within(Netns, work);

    public void Within(Action work) => Namespaces.Within(Netns, () =>
    {
        work();
        return true;
    });

    /// <summary>The network does this for all its hosts.</summary>
    public async ValueTask DisposeAsync() => await KillAsync();

    /// <summary>The death of the first process takes all others of its namespace along; the power supply ends after them.</summary>
    private async Task KillAsync()
    {
        if (_supply is null) return;
        _responder?.Dispose();
        _responder = null;
        if (_init != 0) _ = Processes.Kill(_init, Processes.SigKill);
        if (!_supply.HasExited && _init == 0) _supply.Kill();
        await UntilOffAsync(_supply.WaitForExitAsync(CancellationToken.None));
        _supply.Dispose();
        _supply = null;
        _init = 0;
    }

    /// <summary>In the machine's own mounts, so that it outlives a power cut; removed with the network.</summary>
    private async Task MountSpoolAsync(CancellationToken cancellationToken)
    {
        if (_network.SpoolMiB == 0 || _hasSpool) return;
        await Tool.MustAsync(["mount", "-t", "tmpfs", "-o", $"size={_network.SpoolMiB}m,mode=750", "spool", SpoolDirectory], "", cancellationToken);
        _hasSpool = true;
    }

    /// <summary>The first process ends only when all others are reaped, and the entrance of a stopped one stands still with it.</summary>
    private async Task UntilOffAsync(Task off)
    {
        while (!off.IsCompleted)
        {
            foreach (var process in _started) process.ContinueEntrance();
            await Task.WhenAny(off, Task.Delay(HostProcess.LookInterval));
        }
        _started.Clear();
    }

    private void RequireOn()
    {
        if (!IsOn) throw new InvalidOperationException($"{Name} is off");
    }
}
