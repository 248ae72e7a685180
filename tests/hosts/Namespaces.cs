using System.Runtime.InteropServices;

namespace Drcm.TestHosts;

/// <summary>Does something inside a network namespace. A socket belongs for life to the namespace it was made in.</summary>
internal static partial class Namespaces
{
    private const int NetworkNamespace = 0x40000000;
    private const int ReadOnlyCloseOnExec = 0x80000;

    internal static string PathOf(string netns) => "/run/netns/" + netns;

    /// <summary>Runs <paramref name="work"/> on a thread that enters the namespace and ends afterwards.</summary>
    internal static T Within<T>(string netns, Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        var thread = new Thread(() =>
        {
            try
            {
                Enter(netns);
                done.SetResult(work());
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                done.SetException(e);
            }
        });
        thread.Start();
        thread.Join();
#pragma warning disable VSTHRD002 // The thread has ended: nothing is waited for.
        return done.Task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private static void Enter(string netns)
    {
        var descriptor = Open(PathOf(netns), ReadOnlyCloseOnExec);
        if (descriptor == -1 || SetNamespace(descriptor, NetworkNamespace) == -1)
            throw new IOException($"{netns}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
