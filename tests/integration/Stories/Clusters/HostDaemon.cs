using System.Runtime.InteropServices;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Control;
using Drcm.TestHosts;

namespace Drcm.Integration.Tests.Stories.Clusters;

/// <summary>The drcmd of one host.</summary>
internal sealed class HostDaemon(TestHost host)
{
    public const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigContinue = 18;
    private const int SigStop = 19;

    private HostProcess? _process;

    public TestHost Host => host;

    public string Name => host.Name;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>On this machine; 0: not running.</summary>
    public int ProcessId => IsRunning ? _process!.OuterId : 0;

    /// <summary>More variables, as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Environment { get; set; } = [];

    public ControlClient Control { get; } = new(Path.Combine(host.RunDirectory, ControlProtocol.SocketName));

    private static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "drcmd");

    /// <summary>The runtime of this process lies in shared/NAME/VERSION below it.</summary>
    private static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    /// <summary>With a little precedence, as root may: a build beside the tests must not look like a dead node.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = await host.StartAsync(
            ["env", "DOTNET_EnableDiagnostics=0", $"DOTNET_ROOT={DotnetRoot}", .. Environment, "nice", "-n", "-10", Program, "--config", "/etc/drcm/cm.cfg"],
            cancellationToken);
    }

    /// <summary>SIGKILL; ends when the process is gone.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => EndAsync(SigKill, cancellationToken);

    /// <summary>SIGSTOP; ends when something else has ended the process.</summary>
    public Task FreezeUntilDeadAsync(CancellationToken cancellationToken) => _process!.FreezeUntilDeadAsync(cancellationToken);

    /// <summary>SIGTERM: a planned shutdown; ends when the process is gone.</summary>
    /// <returns>Its exit status.</returns>
    public Task<int> TerminateAsync(CancellationToken cancellationToken) => EndAsync(SigTerm, cancellationToken);

    /// <summary>SIGSTOP: it stands still, and the kernel goes on with what it has.</summary>
    public void Freeze() => _process!.Kill(SigStop);

    /// <summary>Sends it, and waits for nothing.</summary>
    public void Signal(int signal) => _process!.Kill(signal);

    /// <summary>Waits until the one that was killed is gone, then starts another.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        Thaw();
        await _process!.WaitForExitAsync(cancellationToken);
        await StartAsync(cancellationToken);
    }

    public void Thaw() => _process!.Kill(SigContinue);

    public async Task PowerOffAsync(CancellationToken cancellationToken)
    {
        await host.PowerOffAsync(cancellationToken);
        if (_process is not null) await _process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>For a failure's message: what the daemon said last.</summary>
    public IEnumerable<string> LastLines(int count)
    {
        var log = Path.Combine(host.LogDirectory, "drcm.log");
        if (File.Exists(log)) return File.ReadLines(log).TakeLast(count);
        return (_process?.Output ?? "").Split('\n').TakeLast(count);
    }

    private async Task<int> EndAsync(int signal, CancellationToken cancellationToken)
    {
        if (_process is null) throw new InvalidOperationException($"the daemon of {Name} was never started");
        _process.Kill(signal);
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }
}
