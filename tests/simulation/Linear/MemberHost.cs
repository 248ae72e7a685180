using System.Runtime.InteropServices;
using Drcm.TestHosts;

namespace Drcm.Simulation.Linear;

/// <summary>A host with one member and a small disk of its own, a tmpfs; the disk outlives the member, not the host.</summary>
internal sealed class MemberHost(TestHost host) : IDisposable
{
    private const int SigKill = 9;
    private const int SigContinue = 18;
    private const int SigStop = 19;

    /// <summary>What stands between may have been stopped a moment after it was told to go on.</summary>
    private static readonly TimeSpan KillAgain = TimeSpan.FromMilliseconds(100);
    private HostProcess? _process;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private bool _isKilled;

    public TestHost Host => host;

    public string Name => host.Name;

    public string Socket => Path.Combine(host.SharedDirectory, "member");

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Everything that members on this host have said.</summary>
    public string Output { get => field + _process?.Output; private set; } = "";

    /// <summary>Members that ended without having been killed.</summary>
    public int Deaths { get; private set; }

    public bool SaysThatItLeads =>
        Output.Split('\n').LastOrDefault(l => l.Contains(" leads in term ") || l.Contains("no leader known"))?.Contains($"log: {Name} leads") == true;

    private string Disk => Path.Combine(host.SharedDirectory, "disk");

    private string Device => Path.Combine(host.SharedDirectory, "device");

    private static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    public async Task MountAsync(int megabytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Disk);
        await MustAsync($"mountpoint -q {Disk} && umount {Disk}; mount -t tmpfs -o size={megabytes}m,mode=700 tmpfs {Disk}", cancellationToken);
    }

    /// <summary>A disk whose device can break: ext4 on a loop device, whose file lies on a tmpfs and has holes.</summary>
    public async Task MountLoopAsync(int megabytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Disk);
        Directory.CreateDirectory(Device);
        await MustAsync(
            $"mount -t tmpfs -o size={megabytes}m tmpfs {Device} && truncate -s {2 * megabytes}M {Device}/image && mkfs.ext4 -q -O ^has_journal {Device}/image && mount -o loop {Device}/image {Disk}",
            cancellationToken);
    }

    /// <summary>What is written to blocks that were never used before fails, when the kernel gets round to it.</summary>
    public Task BreakLoopAsync(CancellationToken cancellationToken) => host.RunAsync(["bash", "-c", $"cat /dev/zero >{Device}/ballast 2>/dev/null"], cancellationToken);

    /// <summary>No byte is left.</summary>
    public Task FillDiskAsync(CancellationToken cancellationToken) =>
        host.RunAsync(["bash", "-c", $"cat /dev/zero >{Disk}/ballast 2>/dev/null"], cancellationToken);

    public Task EmptyDiskAsync(CancellationToken cancellationToken) => MustAsync($"rm -f {Disk}/ballast", cancellationToken);

    public Task RemountAsync(bool isReadOnly, CancellationToken cancellationToken) =>
        MustAsync($"mount -o remount,{(isReadOnly ? "ro" : "rw")} {Disk}", cancellationToken);

    /// <summary>With a little precedence, as root may: a build beside the proof must not look like a dead member. Does nothing while one runs.</summary>
    public async Task StartAsync(IEnumerable<MemberHost> members, string breakName, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (IsRunning)
            {
                return;
            }

            CountDeath();
            Output += _process?.Output;
            File.Delete(Socket);
            _process = await host.StartAsync(
                ["env", "DOTNET_EnableDiagnostics=0", $"DOTNET_ROOT={DotnetRoot}", "nice", "-n", "-10", Path.Combine(AppContext.BaseDirectory, "Drcm.Simulation"), LinearMember.Verb,
                    Name, Disk, Socket, breakName, .. members.Select(m => $"{m.Name}={m.Host.Address}:7000")],
                cancellationToken);
            _isKilled = false;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Not cancelled half-way: a member that is dying must not be taken for one that runs.</summary>
    public async Task KillAsync()
    {
        await _changing.WaitAsync();
        try
        {
            CountDeath();
            _isKilled = true;
            for (var gone = _process?.WaitForExitAsync(CancellationToken.None) ?? Task.CompletedTask; !gone.IsCompleted; await Task.WhenAny(gone, Task.Delay(KillAgain)))
            {
                _process!.Kill(SigKill);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Freeze() => _process?.Kill(SigStop);

    public void Thaw() => _process?.Kill(SigContinue);

    public void Dispose() => _changing.Dispose();

    private void CountDeath()
    {
        Deaths += _process is { HasExited: true } && !_isKilled ? 1 : 0;
        _isKilled = true;
    }

    private async Task MustAsync(string command, CancellationToken cancellationToken)
    {
        if (await host.RunAsync(["bash", "-c", command], cancellationToken) is { ExitCode: not 0 } failed)
        {
            throw new InvalidOperationException($"{command}: {failed.Output}");
        }
    }
}
