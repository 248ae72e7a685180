using System.Diagnostics;
using System.Text;

namespace Drcm.TestHosts;

/// <summary>A program that was started in a host.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    /// <summary>Of output kept; later lines push out nothing, they are dropped.</summary>
    private const int OutputCharsMax = 4 * 1024 * 1024;

    internal static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(5);

    private readonly Process _entrance;
    private readonly StringBuilder _output = new();
    private readonly Lock _lock = new();
    private bool _isDisposed;

    private HostProcess(Process entrance) => _entrance = entrance;

    /// <summary>Its number on this machine.</summary>
    public int OuterId { get; private set; }

    /// <summary>Its number inside the host.</summary>
    public int InnerId { get; private set; }

    public bool HasExited => _entrance.HasExited;

    /// <summary>After its end; 128 + signal if one killed it.</summary>
    public int ExitCode => _entrance.ExitCode;

    /// <summary>stdout and stderr up to now.</summary>
    public string Output
    {
        get
        {
            lock (_lock) return _output.ToString();
        }
    }

    /// <summary>Sends a signal to the program itself.</summary>
    public void Kill(int signal)
    {
        if (HasExited) return;
        _ = Processes.Kill(OuterId, signal);
        // nsenter stops itself when its child is stopped, and must be told to go on.
        if (signal is Processes.SigKill or Processes.SigContinue) _ = Processes.Kill(_entrance.Id, Processes.SigContinue);
    }

    /// <summary>Stops the program; ends when somebody else has ended it.</summary>
    public async Task FreezeUntilDeadAsync(CancellationToken cancellationToken)
    {
        var program = OuterId;
        Kill(Processes.SigStop);
        while (Processes.StartTime(program) != 0) await Task.Delay(LookInterval, cancellationToken);
        _ = Processes.Kill(_entrance.Id, Processes.SigContinue);
        await WaitForExitAsync(cancellationToken);
    }

    /// <summary>It stops itself when the program is stopped.</summary>
    internal void ContinueEntrance()
    {
        if (!_isDisposed && !HasExited) _ = Processes.Kill(_entrance.Id, Processes.SigContinue);
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _entrance.WaitForExitAsync(cancellationToken);

    /// <summary>Kills it if it runs.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill(Processes.SigKill);
        await _entrance.WaitForExitAsync();
        _isDisposed = true;
        _entrance.Dispose();
    }

    internal static async Task<HostProcess> StartAsync(string[] argv, Guid bootId, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(argv[0])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["DRCM_BOOT_ID"] = bootId.ToString();
        foreach (var word in argv.Skip(1)) start.ArgumentList.Add(word);
        var process = new HostProcess(Process.Start(start)!);
        process.Read();
        await process.FindAsync(cancellationToken);
        return process;
    }

    private void Read()
    {
        _entrance.StandardInput.Close();
        _entrance.OutputDataReceived += (_, line) => Keep(line.Data);
        _entrance.ErrorDataReceived += (_, line) => Keep(line.Data);
        _entrance.BeginOutputReadLine();
        _entrance.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            if (_output.Length + line.Length < OutputCharsMax) _output.Append(line).Append('\n');
        }
    }

    /// <summary>nsenter enters the pid namespace with a child, which becomes the program.</summary>
    private async Task FindAsync(CancellationToken cancellationToken)
    {
        while (!_entrance.HasExited)
        {
            if (Processes.Children(_entrance.Id) is [var child] && Processes.InnerId(child) is > 0 and var inner)
            {
                (OuterId, InnerId) = (child, inner);
                return;
            }
            await Task.Delay(1, cancellationToken);
        }
    }
}
