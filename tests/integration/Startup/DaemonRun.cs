using System.Diagnostics;
using System.Text;
using Drcm.Integration.Tests.Scripts;

namespace Drcm.Integration.Tests.Startup;

/// <summary>A real drcmd with directories of its own, for what it says and how it ends.</summary>
internal sealed class DaemonRun : IDisposable
{
    /// <summary>Only a failure waits this long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _text = new();
    private readonly Lock _lock = new();

    private DaemonRun(Process process) => _process = process;

    public string Text
    {
        get
        {
            lock (_lock) return _text.ToString();
        }
    }

    /// <param name="directory">With cm.cfg and .auth; run, log and spool are made in it.</param>
    public static DaemonRun Start(TemporaryDirectory directory, params string[] more)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "drcmd"))
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var word in more.Length > 0 && more[0] == "--config" ? more : ["--config", directory["cm.cfg"], .. more]) start.ArgumentList.Add(word);
        foreach (var part in new[] { "run", "log", "spool" })
        {
            start.ArgumentList.Add($"--{part}-dir");
            start.ArgumentList.Add(directory[part]);
        }
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        // Applications run in a login shell: whatever profile this account has must not be what the tests measure.
        start.Environment["DRCM_HOME"] = directory.Root;
        var run = new DaemonRun(Process.Start(start)!);
        run._process.OutputDataReceived += (_, line) => run.Keep(line.Data);
        run._process.ErrorDataReceived += (_, line) => run.Keep(line.Data);
        run._process.BeginOutputReadLine();
        run._process.BeginErrorReadLine();
        return run;
    }

    /// <summary>Its exit status, once all it said is in <see cref="Text"/>.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"drcmd has not ended; it said:\n{Text}", e);
        }
    }

    public async Task UntilSaidAsync(string words, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (!Text.Contains(words, StringComparison.Ordinal))
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"drcmd never said '{words}'; it said:\n{Text}");
            await Task.Delay(5, cancellationToken);
        }
    }

    /// <summary>A planned shutdown.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("/bin/kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
        return await ExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_lock) _text.Append(line).Append('\n');
    }
}
