using System.Runtime.InteropServices;

namespace Drcm.Node.Scripts.Native;

/// <summary>posix_spawn with what <see cref="System.Diagnostics.Process"/> does not offer: a session of its own from the first
/// instruction on, one description for stdout and stderr, an exact environment.</summary>
internal static unsafe partial class Spawn
{
    private const short SetSigDef = 0x04;
    private const short SetSigMask = 0x08;
    private const short SetSid = 0x80;

    /// <summary>More than any libc takes for its opaque structures (glibc: 336, 80 and 128 bytes).</summary>
    private const int OpaqueBytes = 1024;

    private const int ReadOnly = 0;

    /// <summary>Starts <paramref name="argv"/> in a new session and process group; 0 or an errno.</summary>
    /// <param name="path">File to execute; not searched for.</param>
    /// <param name="argv">Argument vector, its own name first.</param>
    /// <param name="environment">All of it, as <c>NAME=value</c>.</param>
    /// <param name="directory">Working directory.</param>
    /// <param name="output">Descriptor that becomes stdout and stderr.</param>
    /// <param name="gate">Descriptor that becomes <see cref="HeldStart.Gate"/>; -1: none.</param>
    /// <param name="pid">The child: leader of the new session and group.</param>
    /// <param name="input">Descriptor that becomes stdin; -1: /dev/null.</param>
    internal static int Start(
        string path, IReadOnlyList<string> argv, IReadOnlyList<string> environment, string directory, int output, out int pid,
        int gate = -1, int input = -1)
    {
        var attributes = stackalloc byte[OpaqueBytes];
        var actions = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[OpaqueBytes];
        var arguments = new StringVector(argv);
        var variables = new StringVector(environment);
        pid = 0;
        _ = AttributesInit(attributes);
        _ = ActionsInit(actions);
        try
        {
            _ = AttributesSetFlags(attributes, SetSigDef | SetSigMask | SetSid);
            _ = SigFillSet(signals);
            _ = AttributesSetSigDefault(attributes, signals);
            _ = SigEmptySet(signals);
            _ = AttributesSetSigMask(attributes, signals);
            var error = input == -1 ? ActionsAddOpen(actions, 0, "/dev/null", ReadOnly, 0) : ActionsAddDup2(actions, input, 0);
            if (error == 0) error = ActionsAddDup2(actions, output, 1);
            if (error == 0) error = ActionsAddDup2(actions, output, 2);
            if (error == 0 && gate >= 0) error = ActionsAddDup2(actions, gate, HeldStart.Gate);
            if (error == 0) error = ActionsAddChdir(actions, directory);
            return error != 0
                ? error
                : PosixSpawn(out pid, path, actions, attributes, arguments.Pointer, variables.Pointer);
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
            arguments.Free();
            variables.Free();
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(out int pid, string path, byte* actions, byte* attributes, byte** argv, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSetSigDefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int AttributesSetSigMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ActionsAddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int ActionsAddDup2(byte* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ActionsAddChdir(byte* actions, string path);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int SigFillSet(byte* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int SigEmptySet(byte* signals);

    /// <summary>A NULL-terminated vector of C strings.</summary>
    private readonly struct StringVector
    {
        private readonly int _count;

        internal StringVector(IReadOnlyList<string> values)
        {
            _count = values.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++) Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
        }

        internal byte** Pointer { get; }

        internal void Free()
        {
            for (var i = 0; i < _count; i++) Marshal.FreeCoTaskMem((nint)Pointer[i]);
            NativeMemory.Free(Pointer);
        }
    }
}
