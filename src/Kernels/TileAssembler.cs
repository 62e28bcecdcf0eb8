using Iced.Intel;
using Tessera.Numerics;
using static Iced.Intel.AssemblerRegisters;

namespace Tessera.Kernels;

/// <summary>
/// Assembles the inner loop of a matrix product for AVX-512 VNNI: a panel of 16 rows, one per lane, times up to eight tokens. Weights come as
/// unsigned bytes, four columns per lane; <c>vpdpbusd</c> multiplies them with four activations of a token, read with a broadcast, and adds all
/// products to the lane. A format says how its weights are unpacked and what a sub-block of 32 columns is worth.
/// </summary>
/// <remarks>
/// The function takes one pointer to <see cref="TileArguments"/> and is a leaf in the platform's calling convention. rax: block; r9: blocks left; rsi: the
/// first token's integers; rdx, rbx, rbp, r12: 1, 3, 5 and 7 times their stride; rcx and r8: scales and sums; rdi, r13, r14, r15: 1, 3, 5 and 7 times their
/// stride (tables of sums are as far apart as integers); r10: the format's. zmm0-7: integer sums of the tokens; zmm8-15: their block's value, or further
/// integer sums; zmm16-23: their results; zmm24-31: the format's.
/// </remarks>
public abstract class TileAssembler
{
    /// <summary>Rows of a tile: lanes of 32 bits.</summary>
    public const int Rows = 16;

    /// <summary>The most tokens of a tile: more were no faster, and these fill the registers.</summary>
    public const int MaxTokens = 8;

    private const int SubBlockColumns = 32;
    private const int StepColumns = 4;
    private const int TableBytes = 16 * sizeof(float);

    private static readonly AssemblerRegisterZMM[] Sums = [zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7];
    private static readonly AssemblerRegisterZMM[] BlockValues = [zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15];
    private static readonly AssemblerRegisterZMM[] Results = [zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23];

    private int _tokens;
    private int _prefetched;

    private int SumBytesPerSubBlock => ReadsSums switch
    {
        ActivationParts.Offsets => 2 * sizeof(int),
        ActivationParts.SumTables => TableBytes / 2,
        _ => sizeof(int),
    };

    /// <summary>The code so far.</summary>
    protected Assembler Code { get; private set; } = null!;

    /// <summary>The current block, for operands.</summary>
    protected static AssemblerRegister64 Block => rax;

    /// <summary>Blocks that are left, the current one among them, for operands.</summary>
    protected static AssemblerRegister64 BlocksLeft => r9;

    /// <summary>A register that a format may use as it likes from <see cref="EnterPanel"/> on.</summary>
    protected static AssemblerRegister64 Own => r10;

    /// <summary>The lower half of <see cref="Own"/>.</summary>
    protected static AssemblerRegister32 Own32 => r10d;

    /// <summary>Bytes from a panel's block to the next.</summary>
    protected abstract int BlockBytes { get; }

    /// <summary>Sub-blocks of 32 columns in a block.</summary>
    protected abstract int SubBlocks { get; }

    /// <summary>
    /// Which sums of the activations the code reads: scaled ones, one per 32 columns, for a minimum; integers, two per 32 columns, for an offset or a minimum
    /// per 16; offsets, one per 16 columns, for weights that had 128 added; or tables, sixteen per 64 columns, for minimums that are looked up.
    /// </summary>
    public virtual ActivationParts ReadsSums => ActivationParts.ScaledSums;

    /// <summary>Makes the code for a number of tokens.</summary>
    /// <param name="tokens">1 to <see cref="MaxTokens"/>.</param>
    /// <param name="windows">Whether for Windows' calling convention.</param>
    public byte[] Assemble(int tokens, bool windows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, MaxTokens);
        _tokens = tokens;
        Code = new Assembler(64);
        CallingConvention.Enter(Code, windows);
        LoadConstants();
        LoadArguments(windows ? rcx : rdi);
        EnterPanel();
        Clear(Results);
        Label nextBlock = Code.CreateLabel();
        Code.Label(ref nextBlock);
        _prefetched = 0;
        AddBlock();
        Code.add(rax, BlockBytes);
        Code.add(rsi, SubBlocks * SubBlockColumns);
        Code.add(rcx, SubBlocks * sizeof(float));
        Code.add(r8, SubBlocks * SumBytesPerSubBlock);
        Code.dec(r9);
        Code.jne(nextBlock);
        StoreResults();
        CallingConvention.Leave(Code, windows);
        using var bytes = new MemoryStream();
        Code.Assemble(new StreamCodeWriter(bytes), 0);
        return bytes.ToArray();
    }

    /// <summary>Loads what stays the same for all blocks. Of the general registers only rax is free.</summary>
    protected virtual void LoadConstants()
    {
    }

    /// <summary>Runs before the first block, with all arguments in place.</summary>
    protected virtual void EnterPanel()
    {
    }

    /// <summary>Adds a block to the results.</summary>
    protected abstract void AddBlock();

    /// <summary>A constant in all lanes; for <see cref="LoadConstants"/>.</summary>
    protected void Broadcast(AssemblerRegisterZMM register, uint value)
    {
        Code.mov(eax, value);
        Code.vpbroadcastd(register, eax);
    }

    /// <summary>Starts the tokens' integer sums at 0.</summary>
    protected void ClearSums() => Clear(Sums);

    /// <summary>Starts the tokens' block values, or their further integer sums, at 0.</summary>
    protected void ClearBlockValues() => Clear(BlockValues);

    /// <summary>Adds the products of four columns to the integer sums.</summary>
    /// <param name="weights">Unsigned bytes, four per row.</param>
    /// <param name="subBlock">The sub-block.</param>
    /// <param name="step">The columns within it, divided by 4.</param>
    protected void AddProducts(AssemblerRegisterZMM weights, int subBlock, int step) => AddProducts(Sums, weights, subBlock, step);

    /// <summary>The same to the further sums, which take the place of the block values.</summary>
    protected void AddProductsToFurtherSums(AssemblerRegisterZMM weights, int subBlock, int step) => AddProducts(BlockValues, weights, subBlock, step);

    /// <summary>Adds a token's products of four columns to a sum.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="weights">Unsigned bytes, four per row.</param>
    /// <param name="token">The token.</param>
    /// <param name="subBlock">The sub-block.</param>
    /// <param name="step">The columns within it, divided by 4.</param>
    protected void AddProducts(AssemblerRegisterZMM sum, AssemblerRegisterZMM weights, int token, int subBlock, int step) =>
        Code.vpdpbusd(sum, weights, __dword_bcst[Strided(rsi, token, (subBlock * SubBlockColumns) + (step * StepColumns), rdx, rbx, rbp, r12)]);

    /// <summary>Starts the tokens' integer sums at what the weights' offset of 128 adds too much. For formats that read offsets.</summary>
    protected void StartSumsAtOffsets(int subBlock) => ForEachToken(t =>
    {
        StartAtOffset(Sums[t], t, subBlock, half: 0);
        Code.vpaddd(Sums[t], Sums[t], __dword_bcst[Offset(t, subBlock, half: 1)]);
    });

    /// <summary>Starts a token's integer sum of 16 columns at what the weights' offset of 128 adds too much. For formats that read offsets.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="token">The token.</param>
    /// <param name="subBlock">The sub-block of 32 columns.</param>
    /// <param name="half">Which half of it, 0 or 1.</param>
    protected void StartAtOffset(AssemblerRegisterZMM sum, int token, int subBlock, int half) =>
        Code.vpbroadcastd(sum, __dword_ptr[Offset(token, subBlock, half)]);

    /// <summary>Adds the activations' sums of 16 columns, each times its factor, to the integer sums. For formats that read integer sums.</summary>
    /// <param name="factors">16-bit numbers, two per row: for the first and the second half of the sub-block.</param>
    /// <param name="subBlock">The sub-block.</param>
    protected void AddIntegerSums(AssemblerRegisterZMM factors, int subBlock) =>
        ForEachToken(t => Code.vpdpwssd(Sums[t], factors, PerSubBlock(r8, t, subBlock)));

    /// <summary>The same to the further sums.</summary>
    protected void AddIntegerSumsToFurtherSums(AssemblerRegisterZMM factors, int subBlock) =>
        ForEachToken(t => Code.vpdpwssd(BlockValues[t], factors, PerSubBlock(r8, t, subBlock)));

    /// <summary>Multiplies the integer sums by an integer per row.</summary>
    protected void MultiplySums(AssemblerRegisterZMM factor) => ForEachToken(t => Code.vpmulld(Sums[t], Sums[t], factor));

    /// <summary>Adds the further sums, times an integer per row, to the integer sums.</summary>
    protected void AddFurtherSums(AssemblerRegisterZMM factor) => ForEachToken(t =>
    {
        Code.vpmulld(BlockValues[t], BlockValues[t], factor);
        Code.vpaddd(Sums[t], Sums[t], BlockValues[t]);
    });

    /// <summary>Adds <c>(integer sum * scale) * activation scale</c> to the results; the product in brackets is rounded.</summary>
    protected void AddScaledSumsToResults(AssemblerRegisterZMM scale, int subBlock) => ForEachToken(t =>
    {
        Code.vcvtdq2ps(Sums[t], Sums[t]);
        Code.vmulps(Sums[t], Sums[t], scale);
        Code.vfmadd231ps(Results[t], Sums[t], PerSubBlock(rcx, t, subBlock));
    });

    /// <summary>Adds <c>(integer sum * scale - further sum * minimum) * activation scale</c> to the results.</summary>
    protected void AddScaledDifferencesToResults(AssemblerRegisterZMM scale, AssemblerRegisterZMM minimum, int subBlock) => ForEachToken(t =>
    {
        Code.vcvtdq2ps(Sums[t], Sums[t]);
        Code.vmulps(Sums[t], Sums[t], scale);
        Code.vcvtdq2ps(BlockValues[t], BlockValues[t]);
        Code.vfnmadd231ps(Sums[t], BlockValues[t], minimum);
        Code.vfmadd231ps(Results[t], Sums[t], PerSubBlock(rcx, t, subBlock));
    });

    /// <summary>Adds a number of the activations' tables to the block values. For formats that read tables.</summary>
    /// <param name="select">Which of the sixteen numbers, in a row's lowest four bits.</param>
    /// <param name="selected">A register that is free.</param>
    /// <param name="pair">The pair of sub-blocks.</param>
    protected void AddFromTables(AssemblerRegisterZMM select, AssemblerRegisterZMM selected, int pair) => ForEachToken(t =>
    {
        Code.vpermps(selected, select, __zmmword_ptr[Strided(r8, t, pair * TableBytes, rdx, rbx, rbp, r12)]);
        Code.vaddps(BlockValues[t], BlockValues[t], selected);
    });

    /// <summary>Multiplies the block values by 4, with additions, which do not take the pipes that multiply.</summary>
    protected void QuadrupleBlockValues()
    {
        for (int i = 0; i < 2; i++)
        {
            ForEachToken(t => Code.vaddps(BlockValues[t], BlockValues[t], BlockValues[t]));
        }
    }

    /// <summary>Adds <c>value * activation scale</c> to a token's block value.</summary>
    protected void AddToBlockValue(AssemblerRegisterZMM value, int token, int subBlock) =>
        Code.vfmadd231ps(BlockValues[token], value, PerSubBlock(rcx, token, subBlock));

    /// <summary>Adds <c>factor * scaled sum of the activations</c> to the results.</summary>
    protected void AddActivationSumsToResults(AssemblerRegisterZMM factor, int subBlock) =>
        ForEachToken(t => Code.vfmadd231ps(Results[t], factor, PerSubBlock(r8, t, subBlock)));

    /// <summary>Adds <c>block value * factor</c> to the results.</summary>
    protected void AddBlockValues(AssemblerRegisterZMM factor) => ForEachToken(t => Code.vfmadd231ps(Results[t], BlockValues[t], factor));

    /// <summary>Takes <c>block value * factor</c> off the results.</summary>
    protected void SubtractBlockValues(AssemblerRegisterZMM factor) => ForEachToken(t => Code.vfnmadd231ps(Results[t], BlockValues[t], factor));

    private void AddProducts(AssemblerRegisterZMM[] sums, AssemblerRegisterZMM weights, int subBlock, int step)
    {
        PrefetchLine();
        ForEachToken(t => AddProducts(sums[t], weights, t, subBlock, step));
    }

    private static AssemblerMemoryOperand PerSubBlock(AssemblerRegister64 first, int token, int subBlock) =>
        __dword_bcst[Strided(first, token, subBlock * sizeof(float), rdi, r13, r14, r15)];

    /// <summary>A token's offsets are two per sub-block: twice as far apart.</summary>
    private static AssemblerMemoryOperand Offset(int token, int subBlock, int half) =>
        Strided(r8, token, ((2 * subBlock) + half) * sizeof(int), rdi, r13, r14, r15, strides: 2);

    /// <summary>Where a token's number is. The registers hold 1, 3, 5 and 7 times the stride; the other multiples are theirs by 2 and 4.</summary>
    private static AssemblerMemoryOperand Strided(
        AssemblerRegister64 first, int token, int offset, AssemblerRegister64 one, AssemblerRegister64 three,
        AssemblerRegister64 five, AssemblerRegister64 seven, int strides = 1) => token switch
        {
            0 => __[first + offset],
            1 => __[first + (one * strides) + offset],
            2 => __[first + (one * (2 * strides)) + offset],
            3 => __[first + (three * strides) + offset],
            4 => __[first + (one * (4 * strides)) + offset],
            5 => __[first + (five * strides) + offset],
            6 => __[first + (three * (2 * strides)) + offset],
            _ => __[first + (seven * strides) + offset],
        };

    /// <summary>Runs an emitter for each token.</summary>
    protected void ForEachToken(Action<int> emit)
    {
        for (int t = 0; t < _tokens; t++)
        {
            emit(t);
        }
    }

    private void Clear(AssemblerRegisterZMM[] registers) => ForEachToken(t => Code.vpxord(registers[t], registers[t], registers[t]));

    /// <summary>Asks for a line of what comes next: one a step until a block is asked for.</summary>
    protected void PrefetchLine()
    {
        if (_prefetched < BlockBytes)
        {
            PrefetchLine(rax, _prefetched);
            _prefetched += WeightPrefetch.Line;
        }
    }

    /// <summary>Asks for the line that lies ahead of what is read now.</summary>
    /// <param name="block">The current block.</param>
    /// <param name="offset">The line's place in a block.</param>
    protected void PrefetchLine(AssemblerRegister64 block, int offset)
    {
        foreach (int distance in WeightPrefetch.Distances)
        {
            Code.prefetcht1(__byte_ptr[block + distance + offset]);
        }
    }

    private void LoadArguments(AssemblerRegister64 arguments)
    {
        Code.mov(r11, arguments);
        Code.push(r11);
        Code.mov(rax, __[r11 + 0]);
        Code.mov(rsi, __[r11 + 8]);
        Code.mov(rdx, __[r11 + 16]);
        Code.mov(rcx, __[r11 + 24]);
        Code.mov(r8, __[r11 + 32]);
        Code.mov(r9, __[r11 + 56]);
        Code.mov(rdi, rdx);
        Code.shr(rdi, 3);
        LoadMultiples(rdx, rbx, rbp, r12);
        LoadMultiples(rdi, r13, r14, r15);
    }

    private void LoadMultiples(AssemblerRegister64 one, AssemblerRegister64 three, AssemblerRegister64 five, AssemblerRegister64 seven)
    {
        Code.lea(three, __[one + (one * 2)]);
        Code.lea(five, __[one + (one * 4)]);
        Code.lea(seven, __[three + (one * 4)]);
    }

    private void StoreResults()
    {
        Code.pop(r11);
        Code.mov(r10, __[r11 + 40]);
        Code.mov(r11, __[r11 + 48]);
        ForEachToken(t =>
        {
            Code.vmovups(__zmmword_ptr[r10], Results[t]);
            Code.add(r10, r11);
        });
    }
}
