using System.Diagnostics;
using Drcm.Cli.Connection;
using Drcm.StateMachine;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Demo;

/// <summary>One pretended host: a daemon, what it starts, and the marks of what runs there.</summary>
internal sealed class DemoHost(NodeId node, DemoDirectory directory, string daemon)
{
    /// <summary>Of what the daemon printed, for a failure's message.</summary>
    private const int LinesMax = 200;

    private static readonly TimeSpan LastWordsTimeout = TimeSpan.FromSeconds(1);

    private readonly Queue<string> _printed = new();
    private Process? _process;

    public NodeId Node => node;

    public bool IsOn { get; private set; }

    /// <summary>The daemon ended although nobody killed its host.</summary>
    public bool HasFailed => IsOn && _process is { HasExited: true };

    public ControlClient Control { get; } = new($"{directory.Node(node)}/run/{ControlProtocol.SocketName}");

    /// <summary>Boots: a new boot id each time. A session of its own keeps the terminal's Ctrl-C away from the daemon.</summary>
    public void Start()
    {
        var home = directory.Node(node);
        var start = new ProcessStartInfo("setsid")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        foreach (var word in (string[])[
            daemon, "--config", directory.Config, "--node", node.Value,
            "--run-dir", $"{home}/run", "--log-dir", $"{home}/log", "--spool-dir", $"{home}/spool"])
        {
            start.ArgumentList.Add(word);
        }
        start.Environment["DRCM_BOOT_ID"] = Guid.NewGuid().ToString();
        start.Environment["DRCM_HOME"] = $"{home}/home";
        start.Environment["DRCM_DEMO"] = directory.Path;
        start.Environment["DRCM_NODE"] = node.Value;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment.Remove("NOTIFY_SOCKET");
        _process = Process.Start(start) ?? throw new DemoFailure("setsid cannot be started; install util-linux");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        IsOn = true;
    }

    /// <summary>The whole host is gone at once: SIGKILL to the daemon first, then to everything it started; then its marks.</summary>
    /// <returns>The moment of the SIGKILL (<see cref="Stopwatch.GetTimestamp"/>).</returns>
    public long Kill()
    {
        var killed = Stopwatch.GetTimestamp();
        IsOn = false;
        _process?.Kill();
        DemoProcesses.KillAll(directory.Path, node.Value);
        foreach (var mark in Directory.GetFiles(directory.Marks(node))) File.Delete(mark);
        foreach (var left in Directory.GetFiles(directory.Node(node), "*.pid")) File.Delete(left);
        foreach (var left in Directory.GetFiles($"{directory.Node(node)}/run")) File.Delete(left);
        return killed;
    }

    /// <summary>Its end is no failure any more: the demo is over.</summary>
    public void Forget()
    {
        IsOn = false;
        _process?.Dispose();
    }

    /// <summary>After its end: until what it printed has arrived, or nothing more comes.</summary>
    public async Task LastWordsAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LastWordsTimeout);
        try
        {
            if (_process is not null) await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A process that it left behind holds the pipe open: what has come is all.
        }
    }

    /// <summary>What the daemon last said: its log, or its output if it came no further.</summary>
    public IReadOnlyList<string> LastLines(int count)
    {
        var logged = directory.LastLogLines(node, count);
        if (logged.Count > 0) return logged;
        lock (_printed) return [.. _printed.TakeLast(count)];
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_printed)
        {
            if (_printed.Count == LinesMax) _printed.Dequeue();
            _printed.Enqueue(line);
        }
    }
}
