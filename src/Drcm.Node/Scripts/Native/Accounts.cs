using System.Runtime.InteropServices;

namespace Drcm.Node.Scripts.Native;

/// <summary>Accounts through the system's name service, so that directory users count too.</summary>
internal static unsafe partial class Accounts
{
    private const int BufferBytes = 64 * 1024;

    internal static bool TryFindUser(string name, out Account account)
    {
        Passwd entry;
        Passwd* found;
        var buffer = new byte[BufferBytes];
        fixed (byte* place = buffer)
        {
            var error = GetPwNam(name, &entry, place, BufferBytes, &found);
            account = error == 0 && found != null ? Read(found) : default!;
        }
        return account is not null;
    }

    internal static bool TryFindUser(uint id, out Account account)
    {
        Passwd entry;
        Passwd* found;
        var buffer = new byte[BufferBytes];
        fixed (byte* place = buffer)
        {
            var error = GetPwUid(id, &entry, place, BufferBytes, &found);
            account = error == 0 && found != null ? Read(found) : default!;
        }
        return account is not null;
    }

    internal static bool TryFindGroup(string name, out uint id)
    {
        GroupEntry entry;
        GroupEntry* found;
        var buffer = new byte[BufferBytes];
        fixed (byte* place = buffer)
        {
            var error = GetGrNam(name, &entry, place, BufferBytes, &found);
            id = error == 0 && found != null ? found->Id : 0;
            return error == 0 && found != null;
        }
    }

    private static Account Read(Passwd* entry) => new(
        Text(entry->Name), entry->User, entry->Group, Text(entry->Home), Text(entry->Shell));

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetPwNam(string name, Passwd* entry, byte* buffer, nuint bytes, Passwd** found);

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int GetPwUid(uint id, Passwd* entry, byte* buffer, nuint bytes, Passwd** found);

    [LibraryImport("libc", EntryPoint = "getgrnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetGrNam(string name, GroupEntry* entry, byte* buffer, nuint bytes, GroupEntry** found);

    [StructLayout(LayoutKind.Sequential)]
    private struct Passwd
    {
        internal byte* Name;
        internal byte* Password;
        internal uint User;
        internal uint Group;
        internal byte* Comment;
        internal byte* Home;
        internal byte* Shell;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct GroupEntry
    {
        internal byte* Name;
        internal byte* Password;
        internal uint Id;
        internal byte** Members;
    }
}

/// <summary>One entry of the system's account database.</summary>
internal sealed record Account(string Name, uint User, uint Group, string Home, string Shell);
