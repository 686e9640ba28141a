import { describe, expect, it } from 'vitest';
import { Pathways } from './pathways';

const ISP = 'http://localhost:8081/t/token/';
const IXP = 'http://localhost:8082/t/token/';
const pathways = () => new Pathways([{ id: 'isp-1', base_url: ISP }, { id: 'ixp-1', base_url: IXP }]);

describe('pathways', () => {
  it('are told by their address', () => {
    expect(pathways().of(`${IXP}t/r/h264-720p/1.m4s`)).toBe('ixp-1');
    expect(pathways().of('http://localhost:8083/x')).toBeNull();
  });

  it('give every request a second edge', () => {
    expect(pathways().order([`${ISP}1.m4s`], 0)).toEqual([`${ISP}1.m4s`, `${IXP}1.m4s`]);
  });

  it('keep the order that steering chose', () => {
    expect(pathways().order([`${IXP}1.m4s`, `${ISP}1.m4s`], 0)[0]).toBe(`${IXP}1.m4s`);
  });

  it('put an edge that failed last, until some time has passed or it answers', () => {
    const all = pathways();
    all.failed(`${ISP}1.m4s`, 1_000);
    expect(all.order([`${ISP}2.m4s`], 20_999)).toEqual([`${IXP}2.m4s`, `${ISP}2.m4s`]);
    expect(all.order([`${ISP}2.m4s`], 21_001)[0]).toBe(`${ISP}2.m4s`);
    all.failed(`${ISP}1.m4s`, 30_000);
    all.served(`${ISP}1.m4s`);
    expect(all.order([`${ISP}2.m4s`], 30_001)[0]).toBe(`${ISP}2.m4s`);
  });

  it('leave alone what no edge serves', () => {
    expect(pathways().order(['http://elsewhere.example/1.m4s'], 0)).toEqual(['http://elsewhere.example/1.m4s']);
  });
});
