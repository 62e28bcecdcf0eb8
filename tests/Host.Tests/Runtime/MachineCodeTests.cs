using System.Globalization;
using System.Runtime.InteropServices;
using Tessera.Numerics;
using Tessera.Runtime.Processor;

namespace Tessera.Host.Tests.Runtime;

public unsafe class MachineCodeTests
{
    // mov eax, first argument; ret
    private static readonly byte[] ReturnArgument = OperatingSystem.IsWindows() ? [0x8B, 0xC1, 0xC3] : [0x8B, 0xC7, 0xC3];

    [Fact]
    public void Sealed_code_runs()
    {
        using ExecutableMemory code = Create();

        Assert.Equal(42, ((delegate* unmanaged<int, int>)code.Address)(42));
    }

    [Fact]
    public void Sealed_code_is_not_writable()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc/self/maps");
        using ExecutableMemory code = Create();

        string mapping = File.ReadLines("/proc/self/maps").Single(line => Contains(line, code.Address));

        Assert.Equal("r-xp", mapping.Split(' ')[1]);
    }

    [Fact]
    public void Freeing_twice_is_harmless()
    {
        ExecutableMemory code = Create();
        code.Dispose();
        code.Dispose();

        Assert.Equal(0, code.Address);
    }

    [Fact]
    public void Vector_features_are_reported_only_with_avx512()
    {
        MachineCodeFeatures features = NativeCode.Detect()?.Features ?? MachineCodeFeatures.None;

        Assert.True(features == MachineCodeFeatures.None || ProcessorFeatures.BestSimd == SimdLevel.Avx512);
    }

    private static ExecutableMemory Create()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "the bytes are x86-64 code");
        ExecutableMemory? code = ExecutableMemory.TryCreate(ReturnArgument);
        Assert.SkipWhen(code is null, "this system refuses executable memory");
        return code!;
    }

    private static bool Contains(string mapping, nint address)
    {
        string[] range = mapping.Split(' ')[0].Split('-');
        ulong first = ulong.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        ulong end = ulong.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (ulong)address >= first && (ulong)address < end;
    }
}
