using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Drcm.Bench.Log;

/// <summary>A process of the bench, whose output lines are read as they come, ended by its id.</summary>
internal sealed class MemberProcess : IAsyncDisposable
{
    private readonly Process _process;
    private Task<string?>? _next;

    public MemberProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => LastError = line.Data ?? LastError;
        _process.BeginErrorReadLine();
    }

    public string LastError { get; private set; } = "";

    /// <summary>Memory that is resident now (proc_pid_status(5), VmRSS).</summary>
    public double ResidentMiB
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
        }
    }

    public async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>A cancelled wait loses no line. Null at the end.</summary>
    public async Task<string?> NextLineAsync(CancellationToken cancellationToken)
    {
        _next ??= _process.StandardOutput.ReadLineAsync(CancellationToken.None).AsTask();
        var line = await _next.WaitAsync(cancellationToken);
        _next = null;
        return line;
    }

    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public async Task<string> ExpectLineAsync(CancellationToken cancellationToken) =>
        await NextLineAsync(cancellationToken) ?? throw new InvalidOperationException($"a member ended: {LastError}");

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Ports of loopback that were free a moment ago.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        listeners.ForEach(l => l.Dispose());
        return ports;
    }
}
