namespace Drcm.Node.Startup;

/// <summary>One daemon for each run directory: a lock that ends with the process.</summary>
internal sealed class SingleInstance : IDisposable
{
    private readonly FileStream _lock;

    /// <exception cref="StartupException">Another daemon holds it.</exception>
    public SingleInstance(string runDir)
    {
        var path = Path.Combine(runDir, "drcmd.lock");
        try
        {
            _lock = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StartupException(
                $"another drcmd runs with the run directory {runDir}", "end it, or give this one a run directory of its own", e);
        }
    }

    public void Dispose() => _lock.Dispose();
}
